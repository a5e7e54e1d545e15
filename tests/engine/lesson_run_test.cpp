// How run.json is read, and which parts of a run in real time are kept.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "expectation_files.hpp"
#include "fault.hpp"
#include "files.hpp"
#include "lesson_run.hpp"
#include "process_tree.hpp"
#include "run_now.hpp"
#include "saved_expectation.hpp"
#include "temporary_folder.hpp"
#include "undisturbed.hpp"

using namespace workbook;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

// A lesson's folder.
struct Folder {
  Folder() { fs::create_directory(path); }

  const TemporaryFolder parent;
  const fs::path path = parent.path() / "10-http-request";
};

using Words = std::vector<std::string>;

// The sentence about a run.json that cannot be used, without its path.
std::string complaint(const std::string& json) {
  const Folder folder;
  write_file(folder.path / "run.json", json);
  try {
    load_run_settings(folder.path, "sync");
  } catch (const std::runtime_error& error) {
    const std::string words = error.what();
    return words.substr(words.find("run.json"));
  }
  return {};
}

}  // namespace

TEST_SUITE_BEGIN("lesson-run");

TEST_CASE("a lesson without a run.json runs in simulated time, without arguments") {
  const Folder folder;
  const RunSettings settings = load_run_settings(folder.path, "sync");
  CHECK(!settings.real_time);
  CHECK(!settings.has_server());
  CHECK(settings.arguments.empty());
}

TEST_CASE("a program's own arguments replace the lesson's") {
  const Folder folder;
  write_file(folder.path / "run.json",
             R"({"clock": "real", "server": "10-http-request/server", "arguments": ["{server}/a"],
                 "programs": {"async_workers": {"arguments": ["pages.txt", "{server}", "3"]}}})");
  const RunSettings sync = load_run_settings(folder.path, "sync");
  CHECK(sync.real_time);
  CHECK(sync.timed);
  CHECK(sync.companion_target() == "10-http-request.server");
  CHECK(with_server(sync.arguments, "127.0.0.1:80", 7) == Words{"127.0.0.1:80/a"});
  const RunSettings workers = load_run_settings(folder.path, "async_workers");
  CHECK(workers.has_server());
  CHECK(with_server({"{process}", "{server}"}, "h:1", 7) == Words{"7", "h:1"});
  CHECK(with_server(workers.arguments, "h:1", 7) == Words{"pages.txt", "h:1", "3"});
  // When it is run by hand, the server has no other one beside it.
  const RunSettings server = load_run_settings(folder.path, "server");
  CHECK(!server.has_server());
  CHECK(server.arguments.empty());
}

TEST_CASE("a program that the system does not let run has said so, and nothing else") {
  const Folder folder;
  write_file(
      folder.path / "run.json",
      R"({"clock": "real", "programs": {"async_uring": {"may_be_refused": "No io_uring"}}})");
  const RunSettings settings = load_run_settings(folder.path, "async_uring");
  ProgramRun run;
  run.errors = "No io_uring: Operation not permitted.\n";
  CHECK(was_refused(settings, run));
  CHECK(!was_refused(load_run_settings(folder.path, "async"), run));
  SUBCASE("it has printed something") {
    run.output = "io_uring\n";
  }
  SUBCASE("it has failed") {
    run.failure = "It ended with exit status 1.";
  }
  SUBCASE("it complains of something else") {
    run.errors = "Out of memory.\n";
  }
  SUBCASE("it says nothing") {
    run.errors.clear();
  }
  CHECK(!was_refused(settings, run));
}

TEST_CASE("a lesson whose programs are servers has clients") {
  const Folder folder;
  write_file(
      folder.path / "run.json",
      R"({"clock": "real", "clients": "22-echo-server/clients", "arguments": ["0", "1.5"]})");
  const RunSettings settings = load_run_settings(folder.path, "sync");
  CHECK(settings.has_clients());
  CHECK(!settings.has_server());
  CHECK(settings.companion_target() == "22-echo-server.clients");
  CHECK(settings.arguments == Words{"0", "1.5"});
}

TEST_CASE("clients get their server's address and process number, and it must end in order") {
  const Folder folder;
  const auto script = [&](const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    write_file(path, "#!/bin/sh\n" + text);
    fs::permissions(path, fs::perms::owner_all);
    return path;
  };
  const fs::path build = folder.parent.path() / "build";
  script(build / "lessons/22-echo-server/clients", "kill -0 $2 && echo \"came to $1\"\n");
  RunSettings settings;
  settings.real_time = true;
  settings.clients = "22-echo-server/clients";
  settings.arguments = {"hello"};
  const auto run_with = [&](const std::string& beginning) {
    const fs::path server =
        script(folder.path / "sync",
               beginning + "echo 127.0.0.1:4321\necho \"$1\"\n" + "while :; do sleep 0.01; done\n");
    return run_lesson_now(settings, server, folder.path, build);
  };
  const auto run_with_end = [&](const std::string& end) {
    return run_with("trap '" + end + "' TERM\n");
  };
  const LessonRun good = run_with_end("echo bye; exit 0");
  CHECK(good.run.failure == "");
  CHECK(good.run.output == "came to 127.0.0.1:4321\n");
  REQUIRE(!good.server.empty());
  CHECK(good.server.front().text == "hello");
  CHECK(good.server.back().text == "bye");
  CHECK(run_with_end("exit 3").run.failure == "sync, told to end, ended with exit status 3.");
  CHECK(run_with("").run.failure == "sync, told to end, was killed by SIGTERM (Terminated).");
  // It gets a second SIGTERM when it is just ending.
  CHECK(run_with_end("trap - TERM; kill -TERM $$").run.failure == "");
  // Its clients have told it to end, and it still has work: a second signal would cut that short.
  const std::string told = (folder.path / "told").string();
  script(build / "lessons/22-echo-server/clients",
         "kill -TERM $2\nwhile [ ! -e " + told + " ]; do sleep 0.01; done\n");
  const LessonRun busy = run_with_end("trap - TERM; touch " + told +
                                      "; for n in 1 2 3 4 5 6 7 8 9; do sleep 0.05; done; "
                                      "echo bye; exit 0");
  CHECK(busy.run.failure == "");
  REQUIRE(!busy.server.empty());
  CHECK(busy.server.back().text == "bye");
}

TEST_CASE("a lesson whose times are those of a disk") {
  const Folder folder;
  write_file(folder.path / "run.json", R"({"clock": "real", "timed": false})");
  CHECK(!load_run_settings(folder.path, "sync").timed);
  write_file(folder.path / "run.json",
             R"({"clock": "real", "programs": {"late": {"timed": false}}})");
  CHECK(load_run_settings(folder.path, "sync").timed);
  CHECK(!load_run_settings(folder.path, "late").timed);
}

TEST_CASE("one program of a lesson in simulated time runs in real time") {
  const Folder folder;
  write_file(folder.path / "run.json",
             R"({"clock": "simulated", "programs": {"sync": {"clock": "real"}}})");
  CHECK(load_run_settings(folder.path, "sync").real_time);
  CHECK(!load_run_settings(folder.path, "async").real_time);
  CHECK(complaint(R"({"clock": "simulated", "programs": {"sync": {"clock": "moon"}}})")
            .find("run.json: there is no clock \"moon\".") == 0);
}

TEST_CASE("a run.json may have to do with the build alone") {
  const Folder folder;
  write_file(folder.path / "run.json", R"({"clock": "simulated", "asio": false})");
  CHECK(!load_run_settings(folder.path, "sync").real_time);
}

TEST_CASE("a run.json that cannot be used is a sentence") {
  CHECK(complaint("{").find("run.json does not say how to run sync: ") == 0);
  CHECK(complaint("{}").find("run.json does not say how to run sync: ") == 0);
  CHECK(complaint(R"({"clock": "real", "arguments": "one"})")
            .find("run.json does not say how to run sync: ") == 0);
  CHECK(complaint(R"({"clock": "real", "timed": 0})")
            .find("run.json does not say how to run sync: ") == 0);
  CHECK(complaint(R"({"clock": "sundial"})").find("run.json: there is no clock \"sundial\".") == 0);
  CHECK(complaint(R"({"clock": "real", "server": "server"})")
            .find("run.json: the server \"server\" is not LESSON/PROGRAM") == 0);
  CHECK(complaint(R"({"clock": "simulated", "arguments": ["one"]})")
            .find("run.json: a program with a server, clients or arguments runs in real time") ==
        0);
  CHECK(complaint(R"({"clock": "real", "clients": "clients"})")
            .find("run.json: the clients \"clients\" is not LESSON/PROGRAM") == 0);
  CHECK(complaint(R"({"clock": "real"})").empty());
}

TEST_CASE("a run in real time has the times of its lines") {
  RunOptions options;
  options.arguments = {"-c", "echo one; read -r nothing; echo two >&2; printf three"};
  const ProgramRun run = run_in_real_time_now("sh", options);
  CHECK(run.failure.empty());
  CHECK(run.output == "one\nthree");
  CHECK(run.errors == "two\n");
  REQUIRE(run.lines.size() == 2);
  CHECK(run.lines[0].text == "one");
  CHECK(run.lines[1].text == "three");
  CHECK(run.lines[0].time <= run.lines[1].time);
  CHECK(run.lines[1].time <= run.total);
  CHECK(!run.simulated);
}

TEST_CASE("a real run that floods its terminal or never ends is ended") {
  RunOptions options;
  options.output_limit = 1 << 20;
  CHECK(run_in_real_time_now("yes", options).failure ==
        "It printed more than 1 MB: an endless loop?");
  options.real_limit = 0s;
  options.arguments = {"1000"};
  CHECK(run_in_real_time_now("sleep", options).failure == "It had not come to an end after 0 s.");
}

TEST_CASE("the server's lines are kept with the run") {
  const Folder folder;
  ProgramRun run;
  run.output = "200\n";
  run.lines = {{310ms, false, "200"}};
  run.total = 320ms;
  save_expectation(folder.path, "sync", run, {{1ms, false, "GET /"}, {300ms, false, "200 /"}});
  const Expectation kept = load_expectation(folder.path, "sync");
  CHECK(kept.output == "200\n");
  REQUIRE(kept.times);
  CHECK(kept.times->total == 320ms);
  CHECK(kept.times->server == Words{"GET /", "200 /"});
  CHECK(fault_of(run, kept).empty());
  run.lines[0].time = 400ms;
  CHECK(fault_of(run, kept, 100ms).empty());
  CHECK(
      fault_of(run, kept, 80ms) ==
      "The lines are right, but their times are not: line 1, \"200\", came after 0.400s, expected "
      "after 0.310s.");
}

TEST_CASE("a run is repeated, at most twice, if the machine stood still for a moment") {
  static std::vector<std::chrono::milliseconds> delays;
  struct Watch {
    std::chrono::milliseconds worst_delay() const { return delays.front(); }
    ~Watch() { delays.erase(delays.begin()); }
  };
  Words faults;
  int runs = 0;
  const auto run = [&] { return faults.at(runs++); };
  const auto judged = [&](std::vector<std::chrono::milliseconds> of_the_runs, Words found) {
    delays = of_the_runs;
    faults = found;
    runs = 0;
    return fault_if_undisturbed<Watch>(run);
  };
  CHECK(judged({0ms}, {""}).empty());
  CHECK(judged({300ms}, {""}).empty());
  CHECK(judged({49ms}, {"a"}) == "a");
  CHECK(judged({50ms, 0ms}, {"a", ""}).empty());
  CHECK(judged({50ms, 0ms}, {"a", "b"}) == "b");
  CHECK(judged({300ms, 300ms, 300ms}, {"a", "b", "c"}) == "c");
  CHECK(runs == 3);
}

TEST_CASE("the time that processes have waited is read") {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "io";
  CHECK(waited_in(file) == 0us);
  write_file(file, "");
  CHECK(waited_in(file) == 0us);
  write_file(file,
             "some avg10=0.00 avg60=0.05 avg300=0.36 total=579269270\n"
             "full avg10=0.00 avg60=0.04 avg300=0.31 total=219320588\n");
  CHECK(waited_in(file) == 579'269'270us);
}

TEST_CASE("a run beside too much work for the processors was disturbed") {
  CHECK(held_up(200ms, 0us, 200ms) == 200ms);
  CHECK(held_up(200ms, 0us, 150ms) == 150ms);
  CHECK(held_up(200ms, 0us, 149ms) == 0us);
  CHECK(held_up(200ms, 40ms, 149ms) == 40ms);
  CHECK(held_up(200ms, 180ms, 150ms) == 180ms);
}

TEST_CASE("a session is told to end, and continued only if it is stopped") {
  static volatile std::sig_atomic_t told = 0;
  static volatile std::sig_atomic_t continued = 0;
  for (const bool stops : {false, true}) {
    int ready[2];
    int sent[2];
    REQUIRE(pipe(ready) == 0);
    REQUIRE(pipe(sent) == 0);
    const pid_t child = fork();
    if (child == 0) {
      setsid();
      signal(SIGTERM, [](int) { told = 1; });
      signal(SIGCONT, [](int) { continued = 1; });
      if (stops) raise(SIGSTOP);
      const bool is_asked = write(ready[1], "", 1) == 1;
      char byte;
      while (read(sent[0], &byte, 1) == -1 && errno == EINTR) {
      }
      _exit(is_asked && told == 1 && continued == (stops ? 1 : 0) ? 0 : 1);
    }
    int status = 0;
    char byte;
    if (stops) {
      REQUIRE(waitpid(child, &status, WUNTRACED) == child);
    } else {
      REQUIRE(read(ready[0], &byte, 1) == 1);
    }
    send_to_session(child, SIGTERM);
    CHECK(write(sent[1], "", 1) == 1);
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK_MESSAGE(status == 0, stops);
    for (const int end : {ready[0], ready[1], sent[0], sent[1]}) close(end);
  }
}

TEST_CASE("a machine that stands still is noticed") {
  const pid_t child = fork();
  if (child == 0) {
    Disturbances disturbances;
    raise(SIGSTOP);
    _exit(disturbances.worst_delay() >= disturbance ? 0 : 1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, WUNTRACED) == child);
  REQUIRE(WIFSTOPPED(status));
  std::this_thread::sleep_for(2 * disturbance);  // it is what is measured
  kill(child, SIGCONT);
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_SUITE_END();
