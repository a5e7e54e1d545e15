// Simulated time itself: what it covers, each way by name, and what it refuses.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <asio.hpp>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "places.hpp"
#include "run_now.hpp"
#include "seconds.hpp"

using namespace workbook;
using namespace std::chrono_literals;

namespace {

ProgramRun run_simulated(const std::string& program, std::vector<std::string> arguments = {""}) {
  RunOptions options;
  options.arguments = std::move(arguments);
  return simulate_now(build_folder / "tools" / "clock" / "tests" / program, clock_library, options);
}

std::vector<std::string> names_known_to(const std::string& program) {
  std::vector<std::string> names;
  std::istringstream lines(run_simulated(program).output);
  for (std::string name; std::getline(lines, name);) names.push_back(name);
  return names;
}

constexpr bool thread_sanitizer = std::string_view(WORKBOOK_SANITIZE) == "thread";

}  // namespace

TEST_SUITE_BEGIN("virtual-time");

TEST_CASE("every way to wait takes its simulated time") {
  const auto names = names_known_to("waits");
  CHECK(names.size() >= 20);
  for (const std::string& name : names) {
    CAPTURE(name);
    // (The thread sanitizer does not know C's locks.)
    if (name == "condition_of_c" && thread_sanitizer) continue;
    const ProgramRun wait = run_simulated("waits", {name});
    CHECK(wait.failure == "");
    CHECK(wait.output == "1.50 1.50\n");
    CHECK(rounded(wait.total) == 1500ms);
  }
}

TEST_CASE("a sleeping thread is distinguished from a waiting loop") {
  CHECK(rounded(run_simulated("waits", {"sleep_for"}).slept) == 1500ms);
  CHECK(rounded(run_simulated("waits", {"sleep_and_usleep"}).slept) == 1500ms);
  CHECK(rounded(run_simulated("waits", {"steady_timer"}).slept) == 0ms);
  // Nothing but time can end these; Asio's own blocking wait for a timer is a select.
  CHECK(rounded(run_simulated("waits", {"poll"}).slept) == 1500ms);
  CHECK(rounded(run_simulated("waits", {"select"}).slept) == 1500ms);
  CHECK(rounded(run_simulated("waits", {"pselect"}).slept) == 0ms);
  CHECK(rounded(run_simulated("threads", {"sleepers"}).slept) == 0ms);
}

TEST_CASE("every way to print is recorded with its stream and its time") {
  const auto names = names_known_to("outputs");
  CHECK(names.size() >= 8);
  for (const std::string& name : names) {
    CAPTURE(name);
    const ProgramRun print = run_simulated("outputs", {name});
    const bool to_stderr = name == "stderr" || name == "cerr";
    CHECK(print.failure == "");
    CHECK((to_stderr ? print.errors : print.output) == "one\ntwo\n");
    REQUIRE(print.lines.size() == 2);
    CHECK(print.lines[0].text == "one");
    CHECK(rounded(print.lines[0].time) == 0ms);
    CHECK(rounded(print.lines[1].time) == 1000ms);
    CHECK(print.lines[1].to_stderr == to_stderr);
    CHECK(rounded(print.total) == 1000ms);
  }
}

TEST_CASE("the wall clock starts at a fixed moment, in UTC") {
  const ProgramRun clock = run_simulated("wall_clock");
  CHECK(clock.failure == "");
  CHECK(clock.output == "2024-01-01 12:00:00 UTC\n0 0 0\n");
}

TEST_CASE("a program may talk to itself over loopback") {
  const ProgramRun sockets = run_simulated("sockets");
  CHECK(sockets.failure == "");
  CHECK(sockets.output ==
        "client 1: answer\nclient 2: answer\nclient 3: time-out\nElapsed: 3.0s\n");
}

TEST_CASE("with sockets, a program that wakes up too often is ended") {
  const auto failure_of = [](const std::string& program, long most_moves) {
    RunOptions options;
    options.arguments = {"steady_timer"};  // for `waits`
    options.most_moves = most_moves;
    return simulate_now(build_folder / "tools" / "clock" / "tests" / program, clock_library,
                        options)
        .failure;
  };
  CHECK(failure_of("sockets", 2) ==
        "It woke up more than 2 times, until 2.0s of simulated time, and had not come to an end. "
        "Something polls in small steps, instead of waiting for what it needs.");
  CHECK(failure_of("sockets", 20) == "");
  CHECK(failure_of("waits", 1) == "");  // without sockets, a wait takes no time
}

TEST_CASE("datagrams, and small writes in a row") {
  const ProgramRun datagrams = run_simulated("datagrams");
  CHECK(datagrams.failure == "");
  CHECK(datagrams.output == "4 bytes came back\nthree answers\n");
  CHECK(rounded(datagrams.total) == 0ms);
}

TEST_CASE("with several threads time moves only when all of them wait") {
  const auto output_of = [](const std::string& name) {
    const ProgramRun threads = run_simulated("threads", {name});
    CHECK(threads.failure == "");
    return threads.output;
  };
  CHECK(output_of("sleepers") == "1.0 thread 1\n2.0 thread 2\n3.0 thread 3\n3.0 joined\n");
  CHECK(output_of("one_computes") == "0.0 computed\n1.0 slept\n");
  CHECK(output_of("thread_pool") == "1.0 job 1\n2.0 job 2\n4.0 job 3\n6.0 job 4\n6.0 joined\n");
  CHECK(output_of("loop_and_pool") == "1.0 timer\n2.0 back on the loop\n");
  CHECK(output_of("async_future") == "1.0 not yet\n2.0 result 42\n");
  CHECK(output_of("private_futex") == "1.0 not yet\n2.0 set\n");
  CHECK(output_of("condition") == "1.0 not yet\n2.0 ready\n");
  CHECK(output_of("two_on_one_condition") == "1.0 time-out\n3.0 notified\n");
  CHECK(output_of("spin") == "1.0 slept\n2.0 spun\n");
  CHECK(output_of("yield") == "1.0 ready\n");
  CHECK(output_of("spin_beside_work") == "1.0 ready\n");
  CHECK(output_of("yield_beside_work") == "1.0 ready\n");
  CHECK(output_of("two_spin") == "2.0 2 spun\n");
  CHECK(output_of("two_yield") == "2.0 2 late\n");
  CHECK(output_of("patient") == "1.0 ready\n");
  CHECK(output_of("timer_read_by_a_thread") == "1.0 1 tick\n2.0 1 tick\n3.0 1 tick\n");
  // (The thread sanitizer does not know C's threads.)
  if (!thread_sanitizer) {
    CHECK(output_of("threads_of_c") == "1.0 main\n2.0 thread\n2.0 result 42\n");
  }
  CHECK(output_of("same_moment") ==
        "10.0 thread 0\n10.0 thread 1\n10.0 thread 2\n10.0 thread 3\n10.0 thread 4\n");
  // (The thread sanitizer's own thread would outlive the program's.)
  if (!thread_sanitizer) {
    CHECK(output_of("main_ends_first") == "1.0 slept\n");
  }
  CHECK(output_of("resolver") == "0.0 resolved 80\n1.0 timer\n");
}

// Python's modules are opened so. (Neither is built with a sanitizer, which would bring a C++
// library.)
TEST_CASE("an exception in a library whose C++ library is not the program's") {
  const ProgramRun opens = run_simulated("opens_a_library");
  CHECK(opens.failure == "");
  CHECK(opens.output == "caught 42\nrethrown 42\n");
}

TEST_CASE("threads that wait for each other are stuck") {
  CHECK(run_simulated("threads", {"deadlock"}).failure ==
        "It is stuck: after 1.0s of simulated time every task waits, and nothing is left that "
        "could wake one.");
}

TEST_CASE("calls that the clock does not support are refused by name") {
  const auto refused = [](const std::string& name, const std::string& what) {
    CAPTURE(name);
    CHECK(run_simulated("refusals", {name}).failure ==
          fmt::format("It uses {}, which the simulated clock does not support.", what));
  };
  refused("fork", "fork (another process)");
  refused("system", "system (another process)");
  refused("sem_timedwait", "sem_timedwait (a semaphore with a time-out)");
  refused("timed_mutex", "pthread_mutex_clocklock (a lock with a time-out)");
  refused("pthread_cancel", "pthread_cancel (ending a thread from outside)");
  refused("pseudo_terminal", "openpty (a pseudo-terminal)");
  refused("alarm", "alarm (a signal after a time)");
  refused("receive_timeout", "SO_RCVTIMEO (a socket's own time-out)");
  refused("other_machine", "a connection to another machine");
  refused("datagram", "a datagram to another process, or to an unused port");
  refused("other_machine_by_name", "getaddrinfo (a look-up of a machine's name)");
  for (const char* function :
       {"gethostbyname", "gethostbyname2", "gethostbyname_r", "gethostbyaddr", "getnameinfo"}) {
    refused(function, fmt::format("{} (a look-up of a machine's name)", function));
  }
  CHECK(run_simulated("refusals", {"names_of_this_machine"}).output ==
        "true true true 192.0.2.1\n");

  asio::io_context loop;
  asio::ip::tcp::acceptor outside(loop, {asio::ip::address_v4::loopback(), 0});
  const std::string port = std::to_string(outside.local_endpoint().port());
  CHECK(run_simulated("refusals", {"other_process", port}).failure ==
        "It uses a connection to another process, which the simulated clock does not support.");
}

TEST_CASE("a connection that is refused is not refused by the clock") {
  const ProgramRun connection = run_simulated("refusals", {"connection_refused"});
  CHECK(connection.failure == "");
  CHECK(connection.output == "refused\n");
}

TEST_CASE("a wait that the clock cannot see is named") {
  CHECK(run_simulated("refusals", {"blocking_read"}).failure ==
        "It waited in a way the simulated clock does not support: in read, which did not return. "
        "While a thread is in such a call, no task runs on it.");
}

TEST_CASE("a program whose helper computes is not stuck") {
  const ProgramRun waits = run_simulated("refusals", {"helper_computes"});
  CHECK(waits.failure == "");
  CHECK(waits.output == "read\n");
}

TEST_CASE("a program that nothing can wake is stuck") {
  const std::string stuck =
      "It is stuck: after 0.0s of simulated time every task waits, and nothing is left that could "
      "wake one.";
  const std::string blocked =
      "It is stuck: after 0.0s of simulated time its only thread waits for a lock, a condition or "
      "a "
      "future, so its event loop cannot run, and no other thread is there to release it.";
  // (An event loop without timers waits for a condition, too: it may be that.)
  CHECK(run_simulated("refusals", {"condition_never_notified"}).failure == stuck);
  CHECK(run_simulated("refusals", {"future_on_the_loop"}).failure == blocked);
  CHECK(run_simulated("refusals", {"poll_forever"}).failure == stuck);
  CHECK(run_simulated("refusals", {"accept_forever"}).failure == stuck);
  CHECK(run_simulated("refusals", {"lock_twice"}).failure ==
        "It is stuck: it waits for a lock or an event, and nothing is left that could release it.");
}

TEST_CASE("a program that is silent for an hour of simulated time is ended") {
  CHECK(run_simulated("refusals", {"silent_for_an_hour"})
            .failure.find("It printed nothing for an hour of simulated time") == 0);
  CHECK(run_simulated("refusals", {"silent_beside_a_socket"}).failure.find("full backlog") !=
        std::string::npos);
}

TEST_CASE("a thread that asks without a wait, beside one that sleeps, is named") {
  RunOptions options;
  options.arguments = {"asks_while_another_sleeps"};
  options.cpu_limit = std::chrono::seconds(1);
  const auto refusals = build_folder / "tools" / "clock" / "tests" / "refusals";
  CHECK(simulate_now(refusals, clock_library, options)
            .failure.starts_with("A thread asks again and again, without a wait"));
}

TEST_CASE("a loop that only looks comes to its end, and its looks are counted") {
  const ProgramRun posts = run_simulated("refusals", {"posts_until_later"});
  CHECK(posts.failure == "");
  CHECK(posts.moves < 10);
  CHECK(posts.glances > 10'000);
  CHECK(posts.glances < 100'000);
}

TEST_CASE("exceptions are recorded, each once") {
  const ProgramRun throws = run_simulated("refusals", {"throws"});
  CHECK(throws.failure == "");
  REQUIRE(throws.thrown.size() == 3);
  CHECK(throws.thrown[0].what == "no water");
  CHECK(throws.thrown[1].what == "Operation aborted.");
  CHECK(throws.thrown[2].what.empty());
}

TEST_CASE("memory that is freed is filled") {
  if (std::string_view(WORKBOOK_SANITIZE).empty()) {
    CHECK(run_simulated("refusals", {"reads_freed_memory"}).output == "filled\n");
  }
}

TEST_SUITE_END();
