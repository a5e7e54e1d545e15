// What simulated time must refuse, or recognise as stuck: `refusals NAME`.
#include <fmt/core.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <semaphore.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <asio.hpp>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

using namespace std::chrono_literals;
using asio::ip::tcp;

namespace {

const std::map<std::string, std::function<void()>> programs = {
    {"fork", [] { fork(); }},
    {"system", [] { std::exit(system("true")); }},
    {"sem_timedwait",
     [] {
       sem_t semaphore;
       sem_init(&semaphore, 0, 0);
       const timespec time{};
       sem_timedwait(&semaphore, &time);
     }},
    {"timed_mutex",
     [] {
       std::timed_mutex mutex;
       if (mutex.try_lock_for(1s)) fmt::print("locked\n");
     }},
    {"pthread_cancel", [] { pthread_cancel(pthread_self()); }},
    {"pseudo_terminal",
     [] {
       int ends[2];
       if (openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr) == 0) fmt::print("open\n");
     }},
    {"alarm", [] { alarm(1); }},
    {"receive_timeout",
     [] {
       const timeval time{1, 0};
       setsockopt(socket(AF_INET, SOCK_STREAM, 0), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
     }},
    {"other_machine",
     [] {
       asio::io_context loop;
       asio::error_code ignored;
       ignored = tcp::socket(loop).connect({asio::ip::make_address("192.0.2.1"), 80}, ignored);
     }},
    {"other_machine_by_name",
     [] {
       asio::io_context loop;
       asio::error_code ignored;
       tcp::resolver(loop).resolve("example.org", "80", ignored);
     }},
    {"gethostbyname", [] { gethostbyname("example.org"); }},
    {"gethostbyname2", [] { gethostbyname2("example.org", AF_INET); }},
    {"gethostbyname_r",
     [] {
       hostent host, *found;
       std::array<char, 4096> buffer;
       int error;
       gethostbyname_r("example.org", &host, buffer.data(), buffer.size(), &found, &error);
     }},
    {"gethostbyaddr",
     [] {
       const in_addr other_machine{htonl(0xC0000201)};  // 192.0.2.1
       gethostbyaddr(&other_machine, sizeof other_machine, AF_INET);
     }},
    {"getnameinfo",
     [] {
       sockaddr_in address{};
       address.sin_family = AF_INET;
       address.sin_addr.s_addr = htonl(0xC0000201);
       std::array<char, 100> host;
       getnameinfo(reinterpret_cast<sockaddr*>(&address), sizeof address, host.data(), host.size(),
                   nullptr, 0, 0);
     }},
    {"names_of_this_machine",
     [] {
       sockaddr_in address{};
       address.sin_family = AF_INET;
       address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
       std::array<char, 100> host;
       getnameinfo(reinterpret_cast<sockaddr*>(&address), sizeof address, host.data(), host.size(),
                   nullptr, 0, 0);
       gethostbyaddr(&address.sin_addr, sizeof address.sin_addr, AF_INET);
       const auto is_found = [](const char* name) { return gethostbyname(name) != nullptr; };
       address.sin_addr.s_addr = htonl(0xC0000201);
       const int error = getnameinfo(reinterpret_cast<sockaddr*>(&address), sizeof address,
                                     host.data(), host.size(), nullptr, 0, NI_NUMERICHOST);
       fmt::print("{} {} {} {}\n", is_found("localhost"), is_found("192.0.2.1"), is_found("127.1"),
                  error == 0 ? host.data() : "error");
     }},
    {"datagram",
     [] {
       asio::io_context loop;
       asio::ip::udp::socket socket(loop, {asio::ip::address_v4::loopback(), 0});
       const asio::ip::udp::endpoint unused(asio::ip::address_v4::loopback(), 9);
       socket.send_to(asio::buffer("hello"), unused);
     }},
    {"other_process",  // argument 2: the port of a server that is not this program
     [] {}},
    {"connection_refused",
     [] {
       asio::io_context loop;
       tcp::acceptor closed(loop, {asio::ip::address_v4::loopback(), 0});
       const auto address = closed.local_endpoint();
       closed.close();
       asio::error_code error;
       error = tcp::socket(loop).connect(address, error);
       fmt::print("{}\n", error == asio::error::connection_refused ? "refused" : "not refused");
     }},
    {"blocking_read",
     [] {
       int ends[2];
       char byte;
       if (pipe(ends) == 0 && read(ends[0], &byte, 1) == 1) fmt::print("read\n");
     }},
    // The helper is started past the clock, as a sanitizer starts its symbolizer.
    {"helper_computes",
     [] {
       int ends[2];
       char byte;
       if (pipe(ends) != 0) return;
       if (syscall(SYS_fork) == 0) {
         timespec used{};
         while (used.tv_nsec < 700'000'000) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
         syscall(SYS_exit_group, write(ends[1], "x", 1) == 1 ? 0 : 1);
       }
       if (read(ends[0], &byte, 1) == 1) fmt::print("read\n");
     }},
    {"lock_twice",
     [] {
       std::mutex mutex;
       mutex.lock();
       mutex.lock();
     }},
    {"condition_never_notified",
     [] {
       std::mutex mutex;
       std::condition_variable changed;
       std::unique_lock lock(mutex);
       changed.wait(lock);
     }},
    {"future_on_the_loop",  // whose timer would set it
     [] {
       asio::io_context loop;
       asio::steady_timer timer(loop, 1s);
       auto came = timer.async_wait(asio::use_future);
       asio::post(loop, [&came] { came.get(); });
       loop.run();
     }},
    {"accept_forever",
     [] {
       asio::io_context loop;
       tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
       acceptor.async_accept([](asio::error_code, tcp::socket) {});
       loop.run();
     }},
    {"poll_forever", [] { poll(nullptr, 0, -1); }},
    {"silent_for_an_hour",
     [] {
       fmt::print("going\n");
       for (;;) usleep(100'000);
     }},
    {"silent_beside_a_socket",
     [] {
       asio::io_context loop;
       tcp::acceptor acceptor(loop, {asio::ip::address_v4::loopback(), 0});
       for (;;) sleep(100);
     }},
    {"asks_while_another_sleeps",
     [] {
       std::atomic<bool> ready = false;
       std::jthread setter([&] {
         usleep(100'000);
         ready = true;
       });
       while (!ready) {
       }
     }},
    {"posts_until_later",
     [] {
       asio::io_context loop;
       asio::steady_timer timer(loop, 2s);
       bool ready = false;
       timer.async_wait([&](asio::error_code) { ready = true; });
       std::function<void()> ask = [&] {
         if (!ready) asio::post(loop, ask);
       };
       ask();
       loop.run();
     }},
    {"throws",
     [] {
       try {
         throw std::runtime_error("no\nwater");
       } catch (const std::exception&) {
       }
       asio::io_context loop;
       asio::steady_timer timer(loop, 1s);
       const auto wait = [&]() -> asio::awaitable<void> {
         co_await timer.async_wait(asio::use_awaitable);
       };
       const auto wait_in_another = [&]() -> asio::awaitable<void> { co_await wait(); };
       asio::co_spawn(loop, wait_in_another(), [](std::exception_ptr) {});
       asio::post(loop, [&] { timer.cancel(); });
       loop.run();
       try {
         throw 3;
       } catch (int) {
       }
     }},
    {"reads_freed_memory",
     [] {
       std::unique_ptr<std::array<char, 64>> text = std::make_unique<std::array<char, 64>>();
       text->fill('a');
       const char* gone = text->data() + 32;
       text.reset();
       fmt::print("{}\n", *gone == 'a' ? "as before" : "filled");
     }},
};

}  // namespace

int main(int count, char** arguments) {
  if (count > 2) {
    asio::io_context loop;
    asio::error_code error;
    const auto port = static_cast<unsigned short>(std::atoi(arguments[2]));
    error = tcp::socket(loop).connect({asio::ip::address_v4::loopback(), port}, error);
    return 0;
  }
  programs.at(arguments[1])();
}
