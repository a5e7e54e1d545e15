// Looks up names with the header of lesson 33: PORT COUNT LIMIT. At most LIMIT are under way.
// Prints how many seconds the names alone have taken.
#include <fmt/core.h>

#include <asio.hpp>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>

#include "../../lessons/16-cancellation/task_group.hpp"
#include "../../lessons/33-dns/ares.hpp"

asio::awaitable<void> look_up(dns::Resolver& names, int& next, int count) {
  while (next < count) {
    const std::string name = fmt::format("shop-{}.example", next++);
    const auto found = co_await names.resolve(name);
    if (found.front().to_string() != "192.0.2.1") throw std::runtime_error("a wrong address");
  }
}

asio::awaitable<void> work(std::string server, int count, int limit) {
  dns::Resolver names(co_await asio::this_coro::executor, server, std::chrono::seconds(5));
  const auto start = std::chrono::steady_clock::now();
  int next = 0;
  auto body = [&](TaskGroup& tasks) -> asio::awaitable<void> {
    for (int i = 0; i < limit; ++i) tasks.start(look_up(names, next, count));
    co_return;
  };
  co_await with_task_group(body);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print("{:.6f}\n", took.count());
}

int main(int argc, char* argv[]) {
  if (argc != 4) return 2;
  asio::io_context loop;
  asio::co_spawn(loop,
                 work("127.0.0.1:" + std::string(argv[1]), std::stoi(argv[2]), std::stoi(argv[3])),
                 [](std::exception_ptr error) {
                   if (error) std::rethrow_exception(error);
                 });
  loop.run();
}
