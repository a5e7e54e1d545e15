// What the programs of 09-files share, and how they fail: with one sentence and exit status 1, and
// with nothing left behind.
#include "../../../lessons/09-files/photos.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "child_process.hpp"
#include "files.hpp"
#include "forbid.hpp"
#include "places.hpp"
#include "run_now.hpp"

using namespace workbook;
namespace fs = std::filesystem;

namespace {

// Where the programs make their folders.
class Place {
 public:
  Place() {
    std::string name = fs::temp_directory_path() / "workbook.XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Place() { fs::remove_all(path); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool is_empty() const { return fs::is_empty(path); }

  fs::path path;
};

// The programs that can be built here: async_uring needs liburing.
std::vector<fs::path> programs() {
  std::vector<fs::path> built;
  for (const char* name : {"sync", "async", "async_uring"}) {
    fs::path program = build_folder / "lessons" / "09-files" / name;
    if (fs::exists(program)) {
      built.push_back(program);
    } else {
      MESSAGE("Skipped: ", program.string(), " is not built.");
    }
  }
  REQUIRE(built.size() >= 2);
  return built;
}

// Runs a line of the shell in which $PROGRAM is the program, which makes its folder in `place`.
ProgramRun run_line(const std::string& line, const fs::path& program, const fs::path& place) {
  RunOptions options;
  options.arguments = {
      "PROGRAM=" + program.string(), "TMPDIR=" + place.string(), "LC_ALL=C", "/bin/sh", "-c", line};
  return run_in_real_time_now("/usr/bin/env", options);
}

bool is_line(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n') == 1 && text.ends_with(".\n");
}

void check_failure(const ProgramRun& run, const std::string& beginning, const std::string& end) {
  CAPTURE(run.output);
  CAPTURE(run.errors);
  CHECK(run.failure.find("exit status 1") != std::string::npos);
  CHECK(is_line(run.errors));
  CHECK(run.errors.starts_with(beginning));
  CHECK(run.errors.ends_with(end));
}

std::string refusal(const TemporaryFolder& folder, int number) {
  try {
    load(folder, number);
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

// Waits until inotify reports a new folder for photos. (ThreadSanitizer makes a file there, too.)
void wait_for_folder(int changes) {
  for (bool found = false; !found;) {
    pollfd change{changes, POLLIN, 0};
    REQUIRE_MESSAGE(::poll(&change, 1, 60'000) == 1, "no folder was made within 60 s");
    alignas(inotify_event) std::array<char, 4096> buffer;
    const ssize_t size = ::read(changes, buffer.data(), buffer.size());
    REQUIRE(size > 0);
    for (ssize_t at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      found = found || std::string(event->name).starts_with("photos.");
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
    }
  }
}

// Sends `signal` to the program as soon as it has a folder. False if the program was faster.
bool interrupt(const fs::path& program, const fs::path& place, int signal) {
  const int changes = ::inotify_init1(IN_CLOEXEC);
  REQUIRE(changes >= 0);
  REQUIRE(::inotify_add_watch(changes, place.c_str(), IN_CREATE) >= 0);
  std::FILE* output = std::tmpfile();
  std::FILE* errors = std::tmpfile();
  REQUIRE(output != nullptr);
  REQUIRE(errors != nullptr);

  asio::io_context loop;
  ProcessOptions options;
  options.environment = {{"TMPDIR", place.string()}};
  options.output = Output::to(::fileno(output));
  options.errors = Output::to(::fileno(errors));
  ChildProcess child(loop.get_executor(), {program.string()}, options);
  wait_for_folder(changes);
  child.send(signal);
  ProcessEnd end;
  asio::co_spawn(loop, child.wait(), [&](std::exception_ptr, ProcessEnd ended) { end = ended; });
  loop.run();

  std::rewind(errors);
  std::array<char, 4096> buffer;
  const std::string text(buffer.data(), std::fread(buffer.data(), 1, buffer.size(), errors));
  std::fclose(output);
  std::fclose(errors);
  ::close(changes);
  if (end.succeeded()) return false;
  CHECK_MESSAGE(end.code == 1, program.string(), " ", end.describe());
  CHECK(text == "Interrupted.\n");
  return true;
}

// A TemporaryFolder handles these signals for the whole program, which is this test.
struct OwnSignals {
  ~OwnSignals() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
  }
};

}  // namespace

TEST_SUITE_BEGIN("09-files");

TEST_CASE("photos are of one size, and no two are alike") {
  CHECK(photo(0).size() == photo_size);
  CHECK(photo(0) == photo(0));
  CHECK(photo(0) != photo(1));
  CHECK(photo(29) != photo(299));
}

TEST_CASE_FIXTURE(OwnSignals, "saved photos are loaded") {
  const TemporaryFolder folder;
  CHECK(save(folder, 7) == photo_size);
  CHECK(read_file(folder.photo(7)) == photo(7));
  CHECK(load(folder, 7) == photo_size);
}

TEST_CASE_FIXTURE(OwnSignals, "a photo that is not what was saved is noticed") {
  const TemporaryFolder folder;
  std::string bytes = photo(7);
  SUBCASE("one byte is another") {
    bytes[49'999] ^= 1;
  }
  SUBCASE("it is too short") {
    bytes.pop_back();
  }
  SUBCASE("it is too long") {
    bytes += "7";
  }
  SUBCASE("it is empty") {
    bytes.clear();
  }
  SUBCASE("it is another photo") {
    bytes = photo(8);
  }
  std::ofstream(folder.photo(7), std::ios::binary) << bytes;
  CHECK(refusal(folder, 7) == "Photo 7 is not what was saved.");
}

TEST_CASE_FIXTURE(OwnSignals, "a photo that cannot be read is named") {
  const TemporaryFolder folder;
  CHECK(refusal(folder, 7) ==
        fmt::format("Could not read {}: No such file or directory.", folder.photo(7).string()));
  fs::create_directory(folder.photo(8));
  CHECK(refusal(folder, 8) ==
        fmt::format("Could not read {}: Is a directory.", folder.photo(8).string()));
}

TEST_CASE_FIXTURE(OwnSignals, "the folder goes away, also when something is thrown") {
  fs::path photo_path;
  try {
    const TemporaryFolder folder;
    photo_path = folder.photo(1);
    save(folder, 1);
    REQUIRE(fs::exists(photo_path));
    throw std::runtime_error("a failure");
  } catch (const std::runtime_error&) {
    CHECK_FALSE(fs::exists(photo_path.parent_path()));
  }
}

TEST_CASE("the disk is full") {
  const Place place;
  const std::string mount = "mount -t tmpfs -o size=5M none \"$TMPDIR\"";
  const ProgramRun attempt = run_line("unshare -rm sh -c '" + mount + "'", "", place.path);
  if (!attempt.failure.empty()) {
    MESSAGE("Skipped: no small disk can be mounted here. ", attempt.failure, attempt.errors);
    return;
  }
  for (const fs::path& program : programs()) {
    CAPTURE(program);
    const ProgramRun run = run_line("unshare -rm sh -c '" + mount +
                                        " && { \"$PROGRAM\"; status=$?; ls -A \"$TMPDIR\"; "
                                        "exit $status; }'",
                                    program, place.path);
    check_failure(run, "Could not write ", ": No space left on device.\n");
    CHECK(run.output == "");  // ls found nothing
  }
}

TEST_CASE("a file may not be as large as a photo") {
  for (const fs::path& program : programs()) {
    CAPTURE(program);
    const Place place;
    const ProgramRun run =
        run_line("trap '' XFSZ; ulimit -f 50; exec \"$PROGRAM\"", program, place.path);
    check_failure(run, "Could not write ", ": File too large.\n");
    CHECK(place.is_empty());
  }
}

TEST_CASE("no permission") {
  const Place place;
  fs::permissions(place.path, fs::perms::owner_read | fs::perms::owner_exec);
  // Root may do anything until the capabilities that make it root are taken away.
  const std::string without =
      ::geteuid() == 0 ? "setpriv --inh-caps=-dac_override --bounding-set=-dac_override " : "";
  if (run_line("exec " + without + "true", "", place.path).failure.empty()) {
    for (const fs::path& program : programs()) {
      CAPTURE(program);
      check_failure(run_line("exec " + without + "\"$PROGRAM\"", program, place.path),
                    fmt::format("Could not make a folder in {}: ", place.path.string()),
                    ": Permission denied.\n");
      CHECK(place.is_empty());
    }
  } else {
    MESSAGE("Skipped: root cannot give up its rights here.");
  }
}

TEST_CASE("TMPDIR is nowhere") {
  for (const fs::path& program : programs()) {
    CAPTURE(program);
    check_failure(run_line("exec \"$PROGRAM\"", program, "/nowhere"),
                  "Could not make a folder in /nowhere: ", ": No such file or directory.\n");
  }
}

TEST_CASE("too many open files") {
  for (const fs::path& program : programs()) {
    int failed = 0;
    // The loop needs three descriptors besides the three that each program has; io_uring, two more.
    for (int limit = 6; limit <= 12; ++limit) {
      const Place place;
      const ProgramRun run =
          run_line(fmt::format("ulimit -n {}; exec \"$PROGRAM\"", limit), program, place.path);
      CAPTURE(program);
      CAPTURE(limit);
      CAPTURE(run.errors);
      CHECK(place.is_empty());
      if (run.failure.empty()) continue;
      ++failed;
      CHECK(run.failure.find("exit status 1") != std::string::npos);
      const auto last_line = run.errors.substr(run.errors.rfind('\n', run.errors.size() - 2) + 1);
      // The threads of the pool open files at once, and may leave none for the loop.
      static const std::regex no_loop("(epoll|eventfd_select_interrupter): Too many open files\n");
      if (program.stem() != "sync" && std::regex_match(last_line, no_loop)) continue;
      CHECK(last_line.starts_with("Could not "));
      CHECK(last_line.ends_with(": Too many open files.\n"));
    }
    CHECK(failed > 0);
    CHECK(failed < 7);
  }
}

TEST_CASE("io_uring is refused") {
  for (const fs::path& program : programs()) {
    for (const auto& [error, words] :
         {std::pair{EPERM, "Operation not permitted"}, {ENOSYS, "Function not implemented"}}) {
      const Place place;
      ProgramRun run;
      std::thread([&, error = error] {
        forbid(SYS_io_uring_setup, error);
        run = run_line("exec \"$PROGRAM\"", program, place.path);
      }).join();
      CAPTURE(program);
      CHECK(run.failure == "");
      const bool asks = program.filename() == "async_uring";
      CHECK(run.errors ==
            (asks ? fmt::format("No io_uring ({}): a thread pool does the work.\n", words) : ""));
      CHECK(run.output == read_file(source_folder / "lessons" / "09-files" /
                                    (program.filename().string() + ".expected")));
      CHECK(place.is_empty());
    }
  }
}

TEST_CASE("Ctrl-C and kill") {
  for (const fs::path& program : programs()) {
    for (int signal : {SIGINT, SIGTERM}) {
      CAPTURE(program);
      CAPTURE(signal);
      const Place place;
      bool interrupted_in_time = false;
      for (int attempt = 0; attempt < 20 && !interrupted_in_time; ++attempt) {
        interrupted_in_time = interrupt(program, place.path, signal);
        CHECK(place.is_empty());
      }
      CHECK(interrupted_in_time);
    }
  }
}

TEST_SUITE_END();
