// ./workbook watch on a terminal, and how it notices changes of a file.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "command_session.hpp"
#include "console.hpp"
#include "file_watch.hpp"
#include "temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using workbook::FileWatch;
using workbook::TemporaryFolder;

const std::string clear = "\x1b[H\x1b[J";
const std::string last_key = "q quit\n";

// Tea that takes `seconds`: two are right.
std::string tea(int seconds) {
  return fmt::format(R"(#include <unistd.h>
#include <cstdio>
int main() {{
  std::puts("Start tea");
  sleep({});
  std::puts("End tea");
}}
)",
                     seconds);
}

const std::string endless = "int main() { volatile bool on = true; while (on) {} }\n";

void write(const fs::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

// As editors do it.
void write_and_rename(const fs::path& file, const std::string& text) {
  write(file.string() + "~", text);
  fs::rename(file.string() + "~", file);
}

// A header that holds the compiler until it is ended: a pipe without a writer.
class EndlessHeader {
 public:
  EndlessHeader() { REQUIRE(::mkfifo(path().c_str(), 0600) == 0); }
  ~EndlessHeader() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  EndlessHeader(const EndlessHeader&) = delete;
  EndlessHeader& operator=(const EndlessHeader&) = delete;

  // A program whose compilation never ends.
  std::string program() const { return fmt::format("#include \"{}\"\n", path().string()); }

  // Whether a compiler has opened it; from then on it waits for text.
  bool is_being_read() {
    if (descriptor_ < 0) descriptor_ = ::open(path().c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    return descriptor_ >= 0;
  }

 private:
  fs::path path() const { return folder_.path() / "endless.hpp"; }

  TemporaryFolder folder_;
  int descriptor_ = -1;
};

// A shell line, in which "$@" is the command.
struct ShellLine {
  std::string text;
};

class Watch : public Session {
 public:
  explicit Watch(const Words& words = {"watch", "03"})
      : Session(shared_checkout().command(words), plain()) {}
  explicit Watch(const ShellLine& line)
      : Session(shell(shared_checkout(), line.text, {"watch", "03"}), plain()) {}

  // The next screen that shows `text`, from its first line to its keys.
  std::string screen_with(const std::string& text) {
    std::string before = expect_next(text);
    before.erase(0, std::min(before.size(), before.rfind(clear)));
    return before + text + expect_next(last_key) + last_key;
  }

 private:
  static Environment plain() {
    return Checkout::environment({{"NO_COLOR", "1"}, {"COLUMNS", "80"}});
  }
};

// The settings of a terminal before a command changes them.
const termios& untouched() {
  static Session session({"cat"});
  static const termios settings = session.settings();
  return settings;
}

bool is_untouched(const termios& settings) {
  const termios& before = untouched();
  return settings.c_iflag == before.c_iflag && settings.c_oflag == before.c_oflag &&
         settings.c_cflag == before.c_cflag && settings.c_lflag == before.c_lflag &&
         std::memcmp(settings.c_cc, before.c_cc, sizeof before.c_cc) == 0;
}

bool gives_keys_at_once(const termios& settings) {
  return (settings.c_lflag & (ICANON | ECHO)) == 0 && (settings.c_lflag & ISIG) != 0;
}

// While it lives, no file can be opened.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const int next_free = ::dup(STDIN_FILENO);
    ::close(next_free);
    const rlimit none{static_cast<rlim_t>(next_free), before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreFiles(const NoMoreFiles&) = delete;
  NoMoreFiles& operator=(const NoMoreFiles&) = delete;

 private:
  rlimit before_;
};

// Waits for a change in its own loop.
class Change {
 public:
  explicit Change(FileWatch& watch, asio::io_context& loop) : loop_(loop) {
    asio::co_spawn(loop, watch.changed(), [this](std::exception_ptr) { seen_ = true; });
    look();
  }
  // All events up to now have been handled.
  void look() {
    loop_.restart();
    loop_.poll();
  }
  bool seen() const { return seen_; }
  void wait() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!seen_ && std::chrono::steady_clock::now() < deadline) {
      loop_.restart();
      loop_.run_one_until(deadline);
    }
    REQUIRE(seen_);
  }

 private:
  asio::io_context& loop_;
  bool seen_ = false;
};

}  // namespace

TEST_SUITE_BEGIN("watch");

TEST_CASE("a save is checked: the sign at once, then the verdict, which stays") {
  const FreshExercise exercise;
  Watch watch;
  CHECK_CONTAINS(watch.screen_with("Checking …"), "The starter is now in");
  const std::string starter = watch.screen_with("It took 3.0s of simulated time, 2.0s expected");
  CHECK_CONTAINS(starter, "03-waits");
  CHECK_CONTAINS(starter, "Make the tea in two seconds.");
  CHECK_CONTAINS(starter, "h gives a hint.");
  CHECK_CONTAINS(starter, "h hint  s solution  n next  l list  Enter check again  q quit\n");
  CHECK(gives_keys_at_once(watch.settings()));

  exercise.write(tea(2));
  CHECK_LACKS(watch.screen_with("Checking …"), "It took");
  const std::string right = watch.screen_with("Right. It took 2.0s of simulated time.");
  CHECK_CONTAINS(right, clear);
  CHECK(watch.running());
  CHECK_CONTAINS(call({}).output, "1 of 1 done");
  exercise.write(tea(4));
  watch.screen_with("It took 4.0s");
  watch.type("q");
  CHECK(watch.wait() == 0);
  CHECK(is_untouched(watch.settings()));
  CHECK(shared_checkout().processes().empty());
}

TEST_CASE("without a number: the next exercise; with all done, that is said") {
  const FreshExercise exercise;
  exercise.write(tea(2));
  Watch watch(Words{"watch"});
  watch.screen_with("Right.");
  watch.type("q");
  CHECK(watch.wait() == 0);
  Watch done(Words{"watch"});
  CHECK(done.wait() == 0);
  CHECK(done.printed("All exercises are done."));
}

TEST_CASE("a compile error, and all that the compiler says") {
  const FreshExercise exercise;
  exercise.write("int main() {\n  return potato;\n}\n");
  Watch watch;
  CHECK_CONTAINS(watch.screen_with("It does not compile. Line 2: error:"), "c compiler's messages");
  watch.type("c");
  CHECK_LACKS(watch.screen_with("03-waits.cpp:2:"), "It does not compile");
  watch.type("\n");
  watch.screen_with("It does not compile.");
  exercise.write(tea(2));
  CHECK_LACKS(watch.screen_with("Right."), "compiler's messages");
  watch.type("c");  // which is not a key now
  watch.type("q");
  CHECK(watch.wait() == 0);
}

TEST_CASE("keys: hints") {
  const FreshExercise exercise;
  Watch watch;
  watch.screen_with("It took 3.0s");
  const char* hints[] = {"A nudge.", "The tool.", "Nearly the line."};
  for (const char* hint : hints) {
    watch.type("h");
    CHECK_CONTAINS(watch.screen_with(hint), "It took 3.0s");
  }
  watch.type("H");
  const std::string all = watch.screen_with("There are no more.");
  for (const char* hint : hints) CHECK_CONTAINS(all, hint);
  // Keys that send several bytes, the last of which could be taken for another key.
  watch.type("\x1b[H\x1b[1;5H\x1bOH\x1bh\n");
  CHECK_LACKS(watch.expect_next("Checking …"), "Hint");
  CHECK_CONTAINS(watch.screen_with("It took 3.0s"), "h shows the hints again, s the solution.");
}

TEST_CASE("keys: the solution, after success or to those who insist") {
  const FreshExercise exercise;
  Watch watch;
  watch.screen_with("It took 3.0s");
  watch.type("s");
  CHECK_LACKS(watch.screen_with("y shows it"), "seconds(2)");
  watch.type("x");
  CHECK_LACKS(watch.screen_with("It took 3.0s"), "seconds(2)");
  watch.type("sy");
  CHECK_CONTAINS(watch.screen_with("seconds(2)"), "TODO: two seconds.");
  exercise.write(tea(2));
  watch.screen_with("Right.");
  watch.type("s");
  CHECK_LACKS(watch.expect_next("seconds(2)"), "y shows it");
}

TEST_CASE("keys: the list, and Enter to check again") {
  const FreshExercise exercise;
  Watch watch;
  watch.screen_with("It took 3.0s");
  watch.type("l");
  CHECK_CONTAINS(watch.screen_with("0 of 1 done"), "01-one");
  watch.type("\r");
  watch.screen_with("Checking …");
  watch.screen_with("It took 3.0s");
  watch.type("\x04");
  CHECK(watch.wait() == 0);
}

TEST_CASE("keys: the next exercise") {
  const FreshExercise exercise;
  Watch last;
  last.screen_with("It took 3.0s");
  last.type("n");
  last.screen_with("All other exercises are done.");
  last.type("q");
  CHECK(last.wait() == 0);

  struct Lesson {
    Lesson() { fs::copy(folder.parent_path() / "03-waits", folder); }
    ~Lesson() { fs::remove_all(folder); }
    const fs::path folder = shared_checkout().root() / "lessons" / "05-next";
  };
  const Lesson lesson;
  Watch watch;
  watch.screen_with("It took 3.0s");
  watch.type("n");
  CHECK_CONTAINS(watch.screen_with("It took 3.0s"), "my/05-next.cpp");
  exercise.write(tea(5));  // which is not watched any more
  write(exercise.folder() / "05-next.cpp", tea(4));
  CHECK_LACKS(watch.screen_with("It took 4.0s"), "5.0s");
  watch.type("n");  // around to the first that is not done
  CHECK_CONTAINS(watch.screen_with("It took 5.0s"), "my/03-waits.cpp");
}

TEST_CASE("a file that is half saved, replaced, removed, and comes back") {
  const FreshExercise exercise;
  exercise.write(tea(3));
  Watch watch;
  watch.screen_with("It took 3.0s");
  exercise.write("");
  watch.screen_with("It does not compile. Error: main is used");
  exercise.write(tea(2).substr(0, 60));
  watch.screen_with("It does not compile. Line ");
  write_and_rename(exercise.mine(), tea(2));
  watch.screen_with("Right.");
  fs::remove(exercise.mine());
  CHECK_CONTAINS(watch.screen_with("my/03-waits.cpp is not there."), "starter there");
  watch.type("\n");  // nothing to check
  exercise.write(tea(4));
  CHECK_LACKS(watch.screen_with("It took 4.0s"), "not there");

  fs::remove_all(exercise.folder());
  watch.screen_with("is not there.");
  exercise.write(tea(3));
  watch.screen_with("It took 3.0s");
  const fs::path away = shared_checkout().root() / "mine";
  fs::rename(exercise.folder(), away);
  watch.screen_with("is not there.");
  write(away / "03-waits.cpp", tea(2));
  fs::rename(away, exercise.folder());
  watch.screen_with("Right.");

  // A folder in place of the file.
  fs::remove(exercise.mine());
  watch.screen_with("is not there.");
  fs::create_directory(exercise.mine());
  write(exercise.mine() / "file", "");
  watch.type("\n");
  fs::remove_all(exercise.mine());
  exercise.write(tea(4));
  watch.screen_with("It took 4.0s");
}

TEST_CASE("a save during a check ends that check and begins another") {
  const FreshExercise exercise;
  EndlessHeader header;
  exercise.write(header.program());
  Watch watch;
  watch.screen_with("Checking …");
  watch.wait_until([&] { return header.is_being_read(); });
  exercise.write(endless);
  const fs::path built = shared_checkout().build() / "my" / "03-waits.built";
  watch.wait_until([&] { return FreshExercise::read(built) == endless; });
  exercise.write(tea(2));
  const std::string before = watch.expect_next("Right.");
  CHECK_LACKS(before, "It ");
  CHECK(shared_checkout().processes().empty());
}

TEST_CASE("a file that is removed during its check") {
  const FreshExercise exercise;
  EndlessHeader header;
  exercise.write(header.program());
  Watch watch;
  watch.wait_until([&] { return header.is_being_read(); });
  fs::remove(exercise.mine());
  watch.screen_with("is not there.");
  watch.wait_until([] { return shared_checkout().processes().empty(); });
  exercise.write(tea(2));
  watch.screen_with("Right.");
}

TEST_CASE("the ways out leave no process, and the terminal as it was") {
  const FreshExercise exercise;
  struct WayOut {
    const char* typed;
    int signal;
    int status;
  };
  for (const WayOut& way : {WayOut{"q", 0, 0}, WayOut{"\x03", 0, 128 + SIGINT},
                            WayOut{"", SIGTERM, 128 + SIGTERM}, WayOut{"", SIGHUP, 128 + SIGHUP}}) {
    const auto leave = [&way](Watch& watch) {
      CHECK(gives_keys_at_once(watch.settings()));
      CHECK_FALSE(is_untouched(watch.settings()));
      if (way.signal != 0) watch.send(way.signal);
      watch.type(way.typed);
      CHECK(watch.wait() == way.status);
      CHECK(is_untouched(watch.settings()));
      CHECK(shared_checkout().processes().empty());
    };
    CAPTURE(way.status);
    SUBCASE("with a verdict") {
      exercise.write(tea(2));
      Watch watch;
      watch.screen_with("Right.");
      leave(watch);
    }
    SUBCASE("during a build") {
      EndlessHeader header;
      exercise.write(header.program());
      Watch watch;
      watch.wait_until([&] { return header.is_being_read(); });
      leave(watch);
    }
    SUBCASE("during a run") {
      exercise.write(endless);
      Watch watch;
      watch.screen_with("Checking …");
      watch.wait_until([] { return !shared_checkout().processes().empty(); });
      leave(watch);
    }
    SUBCASE("without a file") {
      Watch watch;
      watch.screen_with("It took 3.0s");
      fs::remove(exercise.mine());
      watch.screen_with("is not there.");
      leave(watch);
    }
  }
}

TEST_CASE("Ctrl-Z gives the terminal back, and fg takes it again") {
  const FreshExercise exercise;
  exercise.write(tea(3));
  // The shell cannot get its command through its terminal, which still belongs to the stopped job.
  const TemporaryFolder folder;
  const fs::path go = folder.path() / "go";
  REQUIRE(::mkfifo(go.c_str(), 0600) == 0);
  Watch watch(ShellLine{
      fmt::format("set -m; \"$@\"; echo stopped; read line <{}; fg; echo status $?", go.string())});
  watch.screen_with("It took 3.0s");
  watch.type("\x1a");
  watch.expect_next("stopped\n");
  CHECK(is_untouched(watch.settings()));
  exercise.write(tea(4));  // seen when we are back
  write(go, "\n");
  watch.screen_with("Your file:");
  CHECK(gives_keys_at_once(watch.settings()));
  watch.screen_with("It took 4.0s");
  watch.type("q");
  watch.expect_next("status 0");
  watch.wait();
  CHECK(is_untouched(watch.settings()));
}

TEST_CASE("another width, another layout") {
  const FreshExercise exercise;
  exercise.write(
      "#include <cstdio>\nint main() { std::puts(\"It is another tea altogether\"); }\n");
  Watch watch;
  watch.screen_with("did not print what was expected");
  for (const int columns : {40, 100}) {
    watch.resize(columns, 20);
    const std::string screen = watch.screen_with("not print what");
    CHECK_CONTAINS(screen, clear);
    std::istringstream lines(screen.substr(clear.size()));
    int widest = 0;
    for (std::string line; std::getline(lines, line);) {
      widest = std::max(widest, workbook::columns(line));
    }
    CHECK_MESSAGE(widest <= columns, screen);
    CHECK_MESSAGE(widest > columns / 2, screen);
  }
}

TEST_CASE("--poll sees the same, and says that it polls") {
  const FreshExercise exercise;
  exercise.write(tea(3));
  Watch watch(Words{"watch", "03", "--poll"});
  CHECK_CONTAINS(watch.screen_with("It took 3.0s"),
                 "It is read ten times a second, as --poll asks for.");
  write_and_rename(exercise.mine(), tea(2));
  watch.screen_with("Right.");
  fs::remove_all(exercise.folder());
  watch.screen_with("is not there.");
  exercise.write(tea(4));
  watch.screen_with("It took 4.0s");
  watch.type("q");
  CHECK(watch.wait() == 0);
}

TEST_CASE("without a terminal there are checks, but no keys and no drawing") {
  const FreshExercise exercise;
  exercise.write(tea(3));
  Watch watch(ShellLine{"\"$@\" </dev/null 2>&1 | cat"});
  watch.expect_next("there are no keys");
  watch.expect_next("Checking …");
  watch.expect_next("It took 3.0s");
  exercise.write(tea(2));
  watch.expect_next("Checking …");
  watch.expect_next("Right.");
  watch.expect_next("Next: read lessons/04-talks, then ./workbook run 04\n");
  watch.type("\x03");
  watch.wait();
  CHECK_LACKS(watch.output(), "\x1b");
  CHECK_LACKS(watch.output(), "quit");
  CHECK(is_untouched(watch.settings()));

  Watch head(ShellLine{"{ \"$@\" </dev/null; echo status $? >&2; } | head -n 1"});
  CHECK(head.wait() == 0);
  CHECK(head.printed("status 141"));
}

TEST_CASE("an obstacle to a check is reported, and the next save is checked") {
  const FreshExercise exercise;
  exercise.write(tea(2));
  CHECK(call({"check", "03"}).status == 0);
  const fs::path place = shared_checkout().build() / "my" / "03-waits.log";
  fs::remove(place);
  fs::create_directory(place);
  write(place / "file", "");
  exercise.write(tea(4));
  Watch watch;
  watch.screen_with("03-waits.log could not be");
  fs::remove_all(place);
  exercise.write(tea(3));
  watch.screen_with("It took 3.0s");
}

TEST_CASE("a file's changes: a file with the same content has not changed") {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "my" / "file";
  fs::create_directory(file.parent_path());
  write(file, "one");
  asio::io_context loop;
  FileWatch watch(loop.get_executor(), file, false);
  CHECK(watch.why_polling().empty());
  CHECK(watch.content() == "one");
  {
    Change change(watch, loop);
    write(file, "one");
    write(file.parent_path() / "other", "two");
    change.look();
    CHECK_FALSE(change.seen());
    write(file, "two");
    change.wait();
    CHECK(watch.content() == "two");
  }
  {
    // Before any task waits.
    write(file, "three");
    Change change(watch, loop);
    change.wait();
    CHECK(watch.content() == "three");
  }
  {
    // Through a link.
    const fs::path target = folder.path() / "elsewhere" / "target";
    fs::create_directory(target.parent_path());
    write(target, "four");
    fs::remove(file);
    fs::create_symlink(target, file);
    Change linked(watch, loop);
    linked.wait();
    Change change(watch, loop);
    write(target, "five");
    change.wait();
    CHECK(watch.content() == "five");
  }
}

TEST_CASE("without inotify the file is read again and again, and the reason told") {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "file";
  write(file, "one");
  asio::io_context loop;
  const auto executor = loop.get_executor();
  CHECK(FileWatch(executor, file, true).why_polling() == "as --poll asks for");
  CHECK(FileWatch(executor, "/proc/self/comm", false).why_polling() ==
        "because its file system does not report all changes");

  std::optional<FileWatch> watch;
  {
    const NoMoreFiles limit;
    watch.emplace(executor, file, false);
  }
  CHECK(watch->why_polling() == "because inotify is not available: Too many open files");
  Change change(*watch, loop);
  write(file, "two");
  change.wait();
  CHECK(watch->content() == "two");
}

TEST_SUITE_END();
