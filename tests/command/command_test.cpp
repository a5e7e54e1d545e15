// The command as a learner uses it: on its own terminal, with the small checkout in checkout/,
// whose lessons crash, wait and never end.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>

#include "command_session.hpp"
#include "files.hpp"
#include "run_report.hpp"
#include "temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using workbook::EnvironmentChange;

// A named pipe, through which a process reports that it runs, and its number.
class Announcement {
 public:
  explicit Announcement(const fs::path& folder) : path_(folder / "building") {
    REQUIRE(::mkfifo(path_.c_str(), 0600) == 0);
    // For writing, too: a pipe without writers would always be readable.
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(descriptor_ >= 0);
  }
  ~Announcement() {
    ::close(descriptor_);
    fs::remove(path_);
  }
  Announcement(const Announcement&) = delete;
  Announcement& operator=(const Announcement&) = delete;
  std::string path() const { return path_.string(); }

  pid_t wait() {
    pollfd waiting{descriptor_, POLLIN, 0};
    REQUIRE(::poll(&waiting, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) ==
            1);
    std::array<char, 32> text{};
    REQUIRE(::read(descriptor_, text.data(), text.size() - 1) > 0);
    return std::atoi(text.data());
  }

 private:
  fs::path path_;
  int descriptor_;
};

// A machine whose apt-get only prints its arguments, and whose user is not root.
class PretendedApt {
 public:
  PretendedApt() {
    // (And whether its children would learn that their output has no reader any more.)
    write(
        "apt-get",
        "{ echo \"$*\"; sh -c 'kill -PIPE $$; echo SIGPIPE is ignored' || true; } >>\"$0.log\"\n");
    write("sudo", "[ \"$1\" = -v ] || exec \"$@\"\n");
    write("id", "echo 1000\n");
  }
  EnvironmentChange path() const {
    return {"PATH", folder_.path().string() + ":" + std::getenv("PATH")};
  }
  std::string asked_for() const {
    return workbook::read_file(folder_.path() / "apt-get.log").value_or("");
  }

 private:
  void write(const std::string& name, const std::string& script) {
    workbook::write_file(folder_.path() / name, "#!/bin/sh\n" + script);
    fs::permissions(folder_.path() / name, fs::perms::owner_all);
  }
  workbook::TemporaryFolder folder_;
};

// The answer that a client gets from the server whose address is the first line.
std::string first_answer(const std::string& output) {
  const std::string beginning = "127.0.0.1:";
  REQUIRE_MESSAGE(output.starts_with(beginning), output);
  const auto port = static_cast<unsigned short>(std::stoi(output.substr(beginning.size())));
  asio::io_context loop;
  asio::ip::tcp::socket socket(loop);
  socket.connect({asio::ip::address_v4::loopback(), port});
  std::string answer;
  asio::error_code end;
  asio::read(socket, asio::dynamic_buffer(answer), end);
  return answer;
}

// The programs that the script compiles for the very first run.
void copy_tools(const Checkout& checkout) {
  const fs::path tools = fs::path("tools") / "workbook";
  fs::create_directories(checkout.root() / "tools");
  fs::copy(fs::path(WORKBOOK_SOURCE) / tools, checkout.root() / tools, fs::copy_options::recursive);
}

}  // namespace

TEST_SUITE("command") {
  TEST_CASE("the plain call shows the lessons and what to do next") {
    const Result result = call({});
    CHECK(result.status == 0);
    CHECK_CONTAINS(result.output, "01-one");
    CHECK_CONTAINS(result.output, "sync, async, crashes");
    CHECK_CONTAINS(result.output, "0 of 1 done");
    CHECK_CONTAINS(result.output, "Next: read lessons/03-waits, then ./workbook run 03");
  }

  TEST_CASE("a lesson is named by number, name, or a beginning") {
    for (const char* name : {"1", "01", "01-one", "01-o", "01-one/", "lessons/01-one/"}) {
      CAPTURE(name);
      const Result result = call({"run", name, "async"});
      CHECK(result.status == 0);
      CHECK_CONTAINS(result.output, "01-one async");
      CHECK_CONTAINS(result.output, "hello");
    }
  }

  TEST_CASE("an unknown lesson or program is refused with what there is") {
    for (const char* name : {"9", "0", "two", ""}) {
      CAPTURE(name);
      const Result result = call({"run", name});
      CHECK(result.status == 2);
      CHECK_CONTAINS(result.output, name);
    }
    const Result lesson = call({"run", "9"});
    CHECK_CONTAINS(lesson.output, "01-one, 02-slow, 03-waits, 04-talks");
    const Result ambiguous = call({"run", "0"});
    CHECK_CONTAINS(ambiguous.output, "There is no lesson \"0\"");
    const Result program = call({"run", "1", "nothing"});
    CHECK(program.status == 2);
    CHECK_CONTAINS(program.output, "It has: sync, async, crashes");
  }

  TEST_CASE("a wrong call is one sentence, with status 2") {
    const Result command = call({"rnu", "01"});
    CHECK(command.status == 2);
    CHECK_CONTAINS(command.output, "Did you mean \"run\"?");
    const Result lesson = call({"solution"});
    CHECK(lesson.status == 2);
    CHECK_CONTAINS(lesson.output, "Which lesson? For instance: ./workbook solution 01");
    const Result option = call({"run", "01", "--nothing"});
    CHECK(option.status == 2);
    CHECK_CONTAINS(option.output, "./workbook run --help");
    CHECK(call({"run"}).status == 2);
    CHECK(call({"test", "--", "x"}).status == 2);
  }

  TEST_CASE("lines come as they are printed") {
    const fs::path go = shared_checkout().parent() / "go";
    Session session(shared_checkout().command({"run", "01", "sync", "--", go.string()}),
                    Checkout::environment());
    session.expect("before\n");
    CHECK_FALSE(session.printed("after"));
    CHECK(session.running());
    std::ofstream(go).put('\n');
    session.expect("after\n");
    CHECK(session.wait() == 0);
    fs::remove(go);
  }

  TEST_CASE("the first run of all shows what every run shows, before the command is built") {
    Checkout checkout;
    copy_tools(checkout);
    const Environment plain = Checkout::environment({{"NO_COLOR", "1"}});
    const auto shown = [](const Session& session) {
      const std::string& output = session.output();
      const auto begin = output.find("── 01-one sync");
      // (How long each took varies, and so does what is said of it.)
      const auto end = output.find("took", output.find("── 01-one async"));
      REQUIRE_MESSAGE((begin < end && end != std::string::npos), output);
      const std::regex seconds("took [0-9.]+ s");
      return std::regex_replace(output.substr(begin, end - begin), seconds, "took some time");
    };
    Session first(checkout.command({"run", "01"}), plain);
    first.expect("There is more in this lesson");
    first.expect_next("Building the workbook command");
    CHECK(first.wait() == 0);
    Session second(checkout.command({"run", "01"}), plain);
    CHECK(second.wait() == 0);
    CHECK(shown(first) == shown(second));
    CHECK_FALSE(second.printed("Building the workbook command"));
  }

  TEST_CASE("a program that fails in the first run of all is said to, with status 1") {
    Checkout checkout;
    copy_tools(checkout);
    std::ofstream(checkout.root() / "lessons" / "01-one" / "async.cpp")
        << "int main() { return 3; }\n";
    Session session(checkout.command({"run", "01"}), Checkout::environment());
    CHECK(session.wait() == 1);
    CHECK_MESSAGE(session.printed("async ended with exit status 3."), session.output());
  }

  TEST_CASE("how a program ended badly is said, with status 1") {
    const Result crash = call({"run", "1", "crashes"});
    CHECK(crash.status == 1);
    CHECK_CONTAINS(crash.output, "crashes was killed by SIGSEGV (Segmentation fault).");
    const Result exit = call({"run", "1", "fails"});
    CHECK(exit.status == 1);
    CHECK_CONTAINS(exit.output, "fails ended with exit status 3.");
    const Result exception = call({"run", "1", "throws"});
    CHECK(exception.status == 1);
    CHECK_CONTAINS(exception.output, "std::runtime_error: no potatoes");
    const Result taken = call({"run", "1", "listens"});
    CHECK(taken.status == 1);
    CHECK_CONTAINS(taken.output, "Another program uses this port. Give another port, or 0");
  }

  TEST_CASE("a lesson's server runs beside its programs, which get its address") {
    const Result result = call({"run", "4"});
    CHECK(result.status == 0);
    CHECK_CONTAINS(result.output, "Starting server, and the program when it is ready.");
    CHECK_CONTAINS(result.output, "argument http://127.0.0.1:4321/page");
    CHECK_CONTAINS(result.output, "argument 127.0.0.1:4321\nargument words.txt");
    CHECK_CONTAINS(result.output, "words.txt is here");
    CHECK(shared_checkout().processes().empty());

    const Result mine =
        call({"run", "4", "sync", "--", "http://localhost/x"}, {{"SERVER_FAULT", "not needed"}});
    CHECK(mine.status == 0);
    CHECK_CONTAINS(mine.output, "argument http://localhost/x");
    CHECK_LACKS(mine.output, "4321");

    const Result fast = call({"run", "4", "--fast"});
    CHECK(fast.status == 2);
    CHECK_CONTAINS(fast.output, "Lesson 04-talks runs in real time only");
  }

  TEST_CASE("the one program of a lesson that has no simulated clock is named") {
    const fs::path settings = shared_checkout().root() / "lessons" / "02-slow" / "run.json";
    workbook::write_file(settings,
                         R"({"clock": "simulated", "programs": {"sync": {"clock": "real"}}})");
    const Result fast = call({"run", "2", "--fast"});
    fs::remove(settings);
    CHECK(fast.status == 2);
    CHECK_CONTAINS(fast.output,
                   "02-slow/sync runs in real time only. Name another program with --fast, or try");
    CHECK_CONTAINS(fast.output, "./workbook run 02 sync");
  }

  TEST_CASE("a server that does not do its part is reported") {
    const Result gone = call({"run", "4", "sync"}, {{"SERVER_FAULT", "ends"}});
    CHECK(gone.status == 1);
    CHECK_CONTAINS(gone.output, "The lesson's server ended before it had printed anything.");
    const Result rubbish = call({"run", "4", "sync"}, {{"SERVER_FAULT", "no port is free"}});
    CHECK(rubbish.status == 1);
    CHECK_CONTAINS(rubbish.output,
                   "The lesson's server did not print its address, but: no port is free");
    CHECK(shared_checkout().processes().empty());
  }

  TEST_CASE("a server of several processes prints an address for each") {
    const Result cluster =
        call({"run", "4", "async"}, {{"SERVER_FAULT", "127.0.0.1:1,127.0.0.1:2"}});
    CHECK(cluster.status == 0);
    CHECK_CONTAINS(cluster.output, "argument 127.0.0.1:1,127.0.0.1:2");
    CHECK(call({"run", "4", "async"}, {{"SERVER_FAULT", "127.0.0.1:1,"}}).status == 1);
  }

  TEST_CASE("a server ends with the program beside it, also at Ctrl-C") {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      Session session(shared_checkout().command({"run", "4", "waits"}), Checkout::environment());
      session.expect("waiting");
      session.send(signal);
      CHECK(session.wait() == 128 + signal);
      CHECK(shared_checkout().processes().empty());
    }
  }

  TEST_CASE("a server of tools/servers runs until a signal, and nothing of it is left") {
    for (const int signal : {SIGINT, SIGTERM}) {
      CAPTURE(signal);
      // Its first line is its address: everything else goes to stderr.
      Session session(shell(shared_checkout(), "exec \"$@\" 2>/dev/null", {"server", "kettle"}),
                      Checkout::environment());
      session.expect("\n");
      CHECK(first_answer(session.output()) == "tea");
      CHECK(shared_checkout().processes().size() >= 2);  // it, and its engine
      if (signal == SIGINT) {
        session.type("\x03");
      } else {
        session.send(signal);
      }
      CHECK(session.wait() == 0);
      CHECK(shared_checkout().processes().empty());
    }
  }

  TEST_CASE("a server dies with the command, and so does what the server has started") {
    Session session(shared_checkout().command({"server", "kettle"}), Checkout::environment());
    session.expect("127.0.0.1:");
    session.send(SIGKILL);
    CHECK(session.wait() == 128 + SIGKILL);
    session.wait_until([] { return shared_checkout().processes().empty(); });
  }

  TEST_CASE("a server that ends unasked is reported") {
    const Result result = call({"server", "kettle"}, {{"SERVER_FAULT", "ends"}});
    CHECK(result.status == 1);
    CHECK_CONTAINS(result.output, "kettle ended with exit status 3.");
  }

  TEST_CASE("a server that refuses what it was given has the last word") {
    const Result result = call({"server", "kettle"}, {{"SERVER_FAULT", "dry"}});
    CHECK(result.status == 2);
    CHECK_CONTAINS(result.output, "There is no water in the kettle.");
    CHECK(result.output.find("kettle ended") == result.output.npos);
  }

  TEST_CASE("the servers that there are are listed") {
    const Result unknown = call({"server", "teapot"});
    CHECK(unknown.status == 2);
    CHECK_CONTAINS(unknown.output, "There is no server \"teapot\". There are: absent, kettle.");
    const Result none = call({"server"});
    CHECK(none.status == 2);
    CHECK_CONTAINS(none.output, "Which server? There are: absent, kettle.");
  }

  TEST_CASE("a server that is not installed is named with its package") {
    const PretendedApt apt;
    Session session(shared_checkout().command({"server", "absent"}),
                    Checkout::environment({apt.path(), {"COLUMNS", "200"}}));
    session.expect("Install no-such-package with apt now? [Y/n]");
    session.type("y\n");
    CHECK(session.wait() == 1);
    CHECK_CONTAINS(session.output(),
                   "tools/servers/absent.cpp needs a broker: sudo apt-get install no-such-package");
  }

  TEST_CASE(
      "packages that a program needs are offered for installation, and named if that did not "
      "help") {
    for (int i = 0; i < 2; ++i) {  // the second time it was looked for again
      const PretendedApt apt;
      Session session(shared_checkout().command({"run", "4", "needs"}),
                      Checkout::environment({apt.path(), {"COLUMNS", "200"}}));
      session.expect("Install no-such-package with apt now? [Y/n]");
      session.type("y\n");
      CHECK(session.wait() == 1);
      CHECK_CONTAINS(session.output(),
                     "lessons/04-talks/needs.cpp needs nothing: sudo apt-get install");
      CHECK_CONTAINS(apt.asked_for(), "install --no-install-recommends no-such-package");
      CHECK(apt.asked_for().find("SIGPIPE is ignored") == std::string::npos);
    }
    // The command takes the version from here.
    const auto missing = workbook::read_file(shared_checkout().build() / "missing.json");
    REQUIRE(missing);
    const auto json = nlohmann::json::parse(*missing);
    CHECK(json.at("04-talks.needs").at("packages") == nlohmann::json{"no-such-package"});
    CHECK(json.at("04-talks.needs").size() == 2);
  }

  TEST_CASE("packages that a program needs are not installed against the user's will") {
    const PretendedApt apt;
    Session session(shared_checkout().command({"run", "4", "needs"}),
                    Checkout::environment({apt.path(), {"COLUMNS", "200"}}));
    session.expect("Install no-such-package with apt now? [Y/n]");
    session.type("n\n");
    CHECK(session.wait() == 1);
    CHECK_CONTAINS(session.output(),
                   "Nothing was installed. The command that installs it: sudo apt-get");
    CHECK(apt.asked_for().empty());
  }

  TEST_CASE("--fast runs in simulated time") {
    const auto start = std::chrono::steady_clock::now();
    const Result result = call({"run", "03", "--fast"});
    CHECK(result.status == 0);
    CHECK_CONTAINS(result.output, "took 3.0 s of simulated time");
    CHECK_CONTAINS(result.output, "took 2.0 s of simulated time");
    CHECK_CONTAINS(result.output, "async was 1.0 s shorter.");
    // The second call builds nothing.
    const auto middle = std::chrono::steady_clock::now();
    CHECK(call({"run", "03", "--fast"}).status == 0);
    CHECK(std::chrono::steady_clock::now() - middle < 2s);
    CHECK(middle > start);
  }

  TEST_CASE("a lesson that is not about the time does not boast of it") {
    for (const auto& [sync, async, said] :
         {std::tuple{3.0, 2.0, "async was 1.0 s shorter."},
          std::tuple{1.0, 3.0, "async was 2.0 s longer."},
          std::tuple{2.0, 2.01, "Both took 2.0 s."},
          std::tuple{3.0, 2.5, "sync took 3.0 s and async 2.5 s. What counts"}}) {
      workbook::TextConsole console;
      workbook::show_comparison(console, workbook::Seconds(sync), workbook::Seconds(async));
      CHECK_CONTAINS(console.text(), said);
    }
  }

  TEST_CASE("--fast is offered before a run that is long") {
    const Result result = call({"run", "1", "async"});
    CHECK(result.status == 0);
    const std::string offer = "This takes 20 s. Without waiting: ./workbook run 01 async --fast";
    CHECK_CONTAINS(result.output, offer);
    CHECK(result.output.find(offer) < result.output.find("hello"));
    CHECK_LACKS(call({"run", "1", "async", "--fast"}).output, "This takes");
    CHECK_LACKS(call({"run", "1", "sync"}).output, "This takes");
  }

  TEST_CASE("Ctrl-C and the other signals end a program and all it started") {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      CAPTURE(signal);
      Session session(shared_checkout().command({"run", "1", "stays"}), Checkout::environment());
      session.expect("ready");
      CHECK(shared_checkout().processes().size() >= 2);
      if (signal == SIGINT) {
        session.type("\x03");
      } else {
        session.send(signal);
      }
      CHECK(session.wait() == 128 + signal);
      CHECK(shared_checkout().processes().empty());
    }
  }

  TEST_CASE("a program that catches Ctrl-C has time to finish") {
    Session session(shared_checkout().command({"run", "1", "finishes"}), Checkout::environment());
    session.expect("ready");
    session.type("\x03");
    session.expect("finished");
    CHECK(session.wait() == 128 + SIGINT);
  }

  TEST_CASE("a second Ctrl-C ends what the first did not") {
    Session session(shared_checkout().command({"run", "1", "stays", "--", "stubborn"}),
                    Checkout::environment());
    session.expect("ready");
    session.type("\x03");
    session.type("\x03");
    CHECK(session.wait() == 128 + SIGINT);
    CHECK(shared_checkout().processes().empty());
  }

  TEST_CASE("a killed command takes its program with it") {
    Session session(shared_checkout().command({"run", "1", "async"}), Checkout::environment());
    CHECK(session.wait() == 0);  // built
    Session killed(shared_checkout().command({"run", "1", "sync", "--", "/nonexistent"}),
                   Checkout::environment());
    killed.expect("before");
    killed.send(SIGKILL);
    CHECK(killed.wait() == 128 + SIGKILL);
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!shared_checkout().processes().empty() && std::chrono::steady_clock::now() < deadline) {
    }
    CHECK(shared_checkout().processes().empty());
  }

  TEST_CASE("Ctrl-C while a lesson is built ends the compilers; the next call works") {
    CHECK(call({}).status == 0);
    Announcement announcement(shared_checkout().parent());
    Session session(shared_checkout().command({"run", "02"}),
                    Checkout::environment({{"BUILDING", announcement.path()}}));
    const pid_t building = announcement.wait();
    CHECK(is_running(building));
    session.type("\x03");
    CHECK(session.wait() == 128 + SIGINT);
    CHECK(has_gone(building));
    CHECK(call({"run", "1", "async"}).status == 0);
  }

  TEST_CASE("Ctrl-C while the command itself is built; the next call works") {
    Checkout checkout;
    // The command cannot be built before this target.
    std::ofstream(checkout.root() / "CMakeLists.txt", std::ios::app)
        << "add_dependencies(workbook 02-slow.sync)\n";
    for (const int signal : {SIGINT, SIGTERM}) {
      CAPTURE(signal);
      Announcement announcement(checkout.parent());
      // The shell stays, because its end would end the remaining processes of its session, and hide
      // them from us.
      Session session(shell(checkout, "trap : INT; \"$@\"; echo status $?; read x", {}),
                      Checkout::environment({{"BUILDING", announcement.path()}}));
      const pid_t building = announcement.wait();
      session.expect("Building the workbook command");
      std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", session.id()));
      pid_t script = 0;
      children >> script;
      REQUIRE(script > 0);
      ::kill(script, signal);
      session.expect(fmt::format("status {}", 128 + signal));
      CHECK(has_gone(building));
      session.type("\n");
      session.wait();
    }
  }

  TEST_CASE("standard output closed early: no message, no child, no hang") {
    for (const Words& words : {Words{}, Words{"run", "01", "async"}, Words{"run", "01"}}) {
      Session session(
          shell(shared_checkout(), "{ \"$@\"; echo status $? >&2; } | head -n 1", words),
          Checkout::environment());
      CHECK(session.wait() == 0);
      CHECK_MESSAGE((session.printed("status 141") || session.printed("status 0")),
                    session.output());
      CHECK_LACKS(session.output(), "Broken pipe");
      CHECK(shared_checkout().processes().empty());
    }
  }

  TEST_CASE("a full disk behind standard output is said") {
    Session session(shell(shared_checkout(), "\"$@\" >/dev/full", {}), Checkout::environment());
    CHECK(session.wait() == 1);
    CHECK(session.printed("No space left on device"));
  }

  TEST_CASE("forty columns hold everything") {
    call({"run", "01", "async"});  // built, so that nothing rewrites a line
    for (const Words& words :
         {Words{}, Words{"--help"}, Words{"run", "--help"}, Words{"run", "9"},
          Words{"run", "01", "async"}, Words{"rnu"}, Words{"check", "--help"}, Words{"hint", "03"},
          Words{"solution", "03"}, Words{"check", "02"}}) {
      Session session(shell(shared_checkout(), "stty cols 40; \"$@\" | cat", words),
                      Checkout::environment());
      session.wait();
      std::istringstream lines(session.output());
      for (std::string line; std::getline(lines, line);) {
        const auto letters = std::ranges::count_if(
            line, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; });
        CHECK_MESSAGE(letters <= 40, line);
      }
    }
  }

  TEST_CASE("colours only on a terminal that wants them") {
    const std::string escape = "\x1b[1m";
    CHECK_CONTAINS(call({}).output, escape);
    CHECK_LACKS(call({}, {{"NO_COLOR", "1"}}).output, escape);
    CHECK_LACKS(call({}, {{"TERM", "dumb"}}).output, escape);
    CHECK_CONTAINS(call({}, {{"NO_COLOR", ""}}).output, escape);
    Session piped(shell(shared_checkout(), "\"$@\" | cat", {}), Checkout::environment());
    piped.wait();
    CHECK_LACKS(piped.output(), escape);
  }

  TEST_CASE("one builds, the other waits and says so") {
    CHECK(call({}).status == 0);
    const int lock = ::open((shared_checkout().build() / ".lock").c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(lock >= 0);
    REQUIRE(::flock(lock, LOCK_EX) == 0);
    Session script(shared_checkout().command({}), Checkout::environment());
    script.expect("Another ./workbook is building");
    // The command without the script.
    Session command(
        {WORKBOOK_BUILD "/workbook", "run", "1", "async"},
        Checkout::environment({{"WORKBOOK_CHECKOUT", shared_checkout().root().string()},
                               {"WORKBOOK_BUILD", shared_checkout().build().string()}}));
    command.expect("Another ./workbook is building");
    ::close(lock);
    CHECK(script.wait() == 0);
    CHECK(command.wait() == 0);
  }

  TEST_CASE("two at once in a new checkout, through a link") {
    Checkout checkout;
    const fs::path link = checkout.parent() / "link";
    fs::create_symlink(checkout.root() / "workbook", link);
    Session first({link.string(), "run", "1", "async"}, Checkout::environment());
    Session second({link.string(), "run", "1", "async"}, Checkout::environment());
    CHECK_MESSAGE(first.wait() == 0, first.output());
    CHECK_MESSAGE(second.wait() == 0, second.output());
  }

  TEST_CASE("a read-only checkout builds elsewhere; without a place for it that is said") {
    Checkout checkout;
    checkout.make_writable(false);
    Words command = checkout.command({"run", "01", "async"});
    if (::geteuid() == 0) {
      // Permissions bind root only without this capability.
      command.insert(command.begin(), {"setpriv", "--bounding-set=-dac_override"});
    }
    const fs::path cache = checkout.parent() / "cache";
    const auto in_cache = Checkout::environment({{"XDG_CACHE_HOME", cache.string()}});
    Session session(command, in_cache);
    CHECK_MESSAGE(session.wait() == 0, session.output());
    CHECK_MESSAGE(session.printed("cannot be written to"), session.output());
    CHECK(session.printed("hello"));
    CHECK(fs::exists(cache / "workbook"));
    CHECK_FALSE(fs::exists(checkout.build()));
    Session again(command, in_cache);
    CHECK(again.wait() == 0);
    CHECK_FALSE(again.printed("cannot be written to"));
    Session nowhere(command, Checkout::environment({{"XDG_CACHE_HOME", "/proc/nothing"}}));
    CHECK(nowhere.wait() == 1);
    CHECK_MESSAGE(nowhere.printed("folder that can."), nowhere.output());
  }

  TEST_CASE("a checkout that was moved is built afresh") {
    Checkout checkout;
    Session first(checkout.command({}), Checkout::environment());
    CHECK(first.wait() == 0);
    checkout.move_to("moved");
    Session second(checkout.command({}), Checkout::environment());
    CHECK(second.wait() == 0);
    CHECK_MESSAGE(second.printed("afresh"), second.output());
  }

  TEST_CASE("a command that cannot be built: the compiler's words, and a sentence") {
    Checkout checkout;
    std::ofstream(checkout.root() / "launcher.cpp") << "int main() { return potato; }\n";
    Session session(checkout.command({}), Checkout::environment());
    CHECK(session.wait() == 1);
    CHECK_MESSAGE(session.printed("potato"), session.output());
    CHECK_MESSAGE(session.printed("could not be built"), session.output());
  }

  TEST_CASE("test passes on what CTest says") {
    const Result good = call({"test", "01"});
    CHECK(good.status == 0);
    CHECK_CONTAINS(good.output, "100% tests passed");
    const Result bad = call({"test"}, {{"NO_COLOR", "1"}});
    CHECK_LACKS(bad.output, "\x1b[0;31m");
    CHECK(bad.status == 1);
    CHECK_CONTAINS(bad.output, "1 tests failed out of 2");
    const Result none = call({"test", "03"});
    CHECK(none.status == 1);
    CHECK_CONTAINS(none.output, "No test of 03-waits was found");
  }

  TEST_CASE("test says which files UPDATE_EXPECTED=1 has rewritten") {
    const EnvironmentChange says{"SAYS", "Rewrote lessons/01-one/sync.expected"};
    const std::string line = "Rewrote lessons/01-one/sync.expected";
    CHECK_CONTAINS(call({"test", "01"}, {{"UPDATE_EXPECTED", "1"}, says}).output, line);
    CHECK_CONTAINS(call({"test", "01"}, {{"UPDATE_EXPECTED", "1"}}).output,
                   "Nothing was rewritten");
    const Result compared = call({"test", "01"}, {{"UPDATE_EXPECTED", std::nullopt}, says});
    CHECK_LACKS(compared.output, line);
    CHECK_LACKS(compared.output, "Nothing was rewritten");
  }

  TEST_CASE("the doctor says what is there") {
    const Result result = call({"doctor"});
    CHECK_CONTAINS(result.output, "Asio");
    CHECK_CONTAINS(result.output, "pidfd");
    CHECK_CONTAINS(result.output, "simulated time");
  }

  TEST_CASE("a kernel without pidfd") {
    const std::string command = (shared_checkout().root() / "workbook").string();
    const Result doctor = call({"run", "1", "without_pidfd", "--", command, "doctor"});
    CHECK_CONTAINS(doctor.output, "SIGCHLD is used instead");
    const Result run = call({"run", "1", "without_pidfd", "--", command, "run", "1", "async"});
    CHECK(run.status == 0);
    CHECK_CONTAINS(run.output, "01-one async");
    CHECK_CONTAINS(run.output, "hello");
    Session session(shared_checkout().command(
                        {"run", "1", "without_pidfd", "--", command, "run", "1", "stays"}),
                    Checkout::environment());
    session.expect("ready");
    session.type("\x03");
    CHECK(session.wait() == 128 + SIGINT);
    CHECK(shared_checkout().processes().empty());
  }

  TEST_CASE("a machine without a compiler, and without apt") {
    Checkout checkout;
    const fs::path tools = checkout.parent() / "bin";
    fs::create_directory(tools);
    for (const char* name : {"bash", "env", "dirname", "readlink", "uname", "mkdir", "cksum", "id",
                             "basename", "fold", "sed", "stty", "grep", "tail", "flock", "find"}) {
      for (const char* folder : {"/usr/bin", "/bin"}) {
        if (fs::exists(fs::path(folder) / name)) {
          fs::create_symlink(fs::path(folder) / name, tools / name);
          break;
        }
      }
    }
    const auto with_compiler = [&](std::optional<std::string> name) {
      return Checkout::environment({{"PATH", tools.string()}, {"CXX", std::move(name)}});
    };
    for (const auto& bare : {with_compiler(std::nullopt), with_compiler("g++")}) {
      Session doctor(checkout.command({"doctor"}), bare);
      CHECK(doctor.wait() == 1);
      CHECK_MESSAGE(doctor.printed("MISSING  C++ compiler"), doctor.output());
      CHECK_MESSAGE(doctor.printed("MISSING  Ninja"), doctor.output());
      Session run(checkout.command({"run", "01"}), bare);
      CHECK(run.wait() == 1);
      CHECK_MESSAGE(run.printed("Missing: C++ compiler"), run.output());
    }
    Session other(checkout.command({"doctor"}), with_compiler("clang++-99"));
    CHECK(other.wait() == 1);
    CHECK_MESSAGE(other.printed("CXX is set to clang++-99"), other.output());
  }

  TEST_CASE("start copies the starter, and never over what is there") {
    const FreshExercise exercise;
    const Result first = call({"start"}, {{"COLUMNS", "200"}});
    CHECK(first.status == 0);
    CHECK_CONTAINS(first.output, "my/03-waits.cpp");
    CHECK_CONTAINS(first.output, "Make the tea in two seconds.");
    CHECK_CONTAINS(exercise.read(exercise.mine()), "// TODO: two seconds.");
    exercise.write("mine\n");
    for (const Words& words : {Words{"start", "03"}, Words{"start"}, Words{"check", "03"}}) {
      const Result again = call(words);
      CHECK_CONTAINS(again.output, "my/03-waits.cpp");
      CHECK(exercise.read(exercise.mine()) == "mine\n");
    }
    CHECK_CONTAINS(call({"start"}).output, "stays as it is");
  }

  TEST_CASE("check copies the starter, says why it is wrong, and what is right") {
    const FreshExercise exercise;
    const Result starter = call({"check"});
    CHECK(starter.status == 1);
    CHECK_CONTAINS(starter.output, "The starter is now in");
    CHECK_CONTAINS(starter.output, "It took 3.0s of simulated time, 2.0s expected");
    CHECK_CONTAINS(starter.output, "./workbook hint 03");
    exercise.write(exercise.read(exercise.solution()));
    const Result right = call({"check", "3"});
    CHECK(right.status == 0);
    CHECK_CONTAINS(right.output, "Right. It took 2.0s of simulated time.");
    CHECK_CONTAINS(right.output, "./workbook solution 03");
    CHECK_CONTAINS(call({}).output, "1 of 1 done");
    const Result all_done = call({"check"});
    CHECK(all_done.status == 0);
    CHECK_CONTAINS(all_done.output, "All exercises are done.");
    // A file that was put back has its old time.
    const auto before = fs::last_write_time(exercise.mine()) - 1h;
    exercise.write("int main() {}\n");
    fs::last_write_time(exercise.mine(), before);
    CHECK(call({"check", "3"}).status == 1);
    // A finished exercise stays finished.
    CHECK_CONTAINS(call({}).output, "1 of 1 done");
  }

  TEST_CASE("a task that has changed since the file was started is reported first") {
    const FreshExercise exercise;
    CHECK(call({"start", "03"}).status == 0);
    exercise.write(exercise.read(exercise.solution()));
    const std::string sentence = "The exercise has changed since you started it";
    CHECK_LACKS(call({"check", "03"}).output, sentence);
    // As if the starter had been another one.
    std::ofstream(exercise.folder() / ".started" / "03-waits") << "another";
    const Result changed = call({"check", "03"});
    CHECK(changed.status == 0);
    CHECK_CONTAINS(changed.output, sentence);
    CHECK_CONTAINS(changed.output, "./workbook reset 03");
    CHECK_CONTAINS(changed.output, "Right. It took 2.0s of simulated time.");
    CHECK(call({"reset", "03", "--yes"}).status == 0);
    CHECK_LACKS(call({"check", "03"}).output, sentence);
    // A file that was started before this was recorded.
    fs::remove(exercise.folder() / ".started" / "03-waits");
    CHECK_LACKS(call({"check", "03"}).output, sentence);
  }

  TEST_CASE("check ends, and says why, whatever the program does") {
    const FreshExercise exercise;
    const auto verdict_on = [&exercise](const std::string& program) {
      exercise.write(program);
      const Result result = call({"check", "3"}, {{"NO_COLOR", "1"}});
      CHECK_MESSAGE(result.status == 1, result.output);
      return result.output;
    };
    CHECK_CONTAINS(verdict_on("int main() { __builtin_trap(); }\n"), "It was killed by SIG");
    CHECK_CONTAINS(verdict_on("int main() { throw 1; }\n"), "An uncaught exception ended it");
    CHECK_CONTAINS(verdict_on("int main() { return 3; }\n"), "It ended with exit status 3.");
    CHECK_CONTAINS(verdict_on("int main() {}\n"), "It printed nothing.");
    CHECK_CONTAINS(verdict_on("#include <unistd.h>\nint main() { char c; int p[2];\n"
                              "return pipe(p) + (int)read(p[0], &c, 1); }\n"),
                   "It waited in a way the simulated clock does not support");
  }

  TEST_CASE("a compile error: its line, its text, and where the rest is") {
    const FreshExercise exercise;
    exercise.write("int main() {\n  return potato;\n}\n");
    for (int round = 0; round < 2; ++round) {
      const Result result = call({"check", "03"}, {{"NO_COLOR", "1"}, {"LC_ALL", "de_DE.UTF-8"}});
      CHECK(result.status == 1);
      CHECK_CONTAINS(result.output, "It does not compile. Line 2: error: ");
      CHECK_CONTAINS(result.output, "'potato'");
      CHECK_CONTAINS(result.output, "    2 |   return potato;");
      CHECK_CONTAINS(result.output, "03-waits.log");
      CHECK_LACKS(result.output, "FAILED");
    }
    CHECK_CONTAINS(exercise.read(shared_checkout().build() / "my" / "03-waits.log"), "potato");
    exercise.write("void wait(int);\nint main() { wait(1); }\n");
    CHECK_CONTAINS(call({"check", "03"}, {{"NO_COLOR", "1"}}).output,
                   "wait(int) is used, but not defined.");
    exercise.write("");
    const Result empty = call({"check", "03"}, {{"NO_COLOR", "1"}});
    CHECK(empty.status == 1);
    CHECK_CONTAINS(empty.output, "It does not compile. Error: main is used");
  }

  TEST_CASE("hints come one by one, and all again at the end") {
    const FreshExercise exercise;
    const char* hints[] = {"A nudge.", "The tool.", "Nearly the line."};
    for (int i = 0; i < 3; ++i) {
      const Result result = call({"hint", "03"});
      CHECK(result.status == 0);
      CHECK_CONTAINS(result.output, fmt::format("Hint {} of 3", i + 1));
      for (int j = 0; j < 3; ++j) CHECK(contains(result.output, hints[j]) == (i == j));
    }
    const Result again = call({"hint", "03"});
    for (const char* hint : hints) CHECK_CONTAINS(again.output, hint);
    CHECK_CONTAINS(again.output, "--spoil");
  }

  TEST_CASE("the solution is shown after success, or to those who insist") {
    const FreshExercise exercise;
    const Result refused = call({"solution", "03"});
    CHECK(refused.status == 1);
    CHECK_LACKS(refused.output, "seconds(2)");
    const Result spoiled = call({"solution", "03", "--spoil"}, {{"NO_COLOR", "1"}});
    CHECK(spoiled.status == 0);
    CHECK_CONTAINS(spoiled.output, "-  // TODO: two seconds.");
    CHECK_CONTAINS(spoiled.output, "+  std::this_thread::sleep_for(std::chrono::seconds(2));");
    CHECK_CONTAINS(spoiled.output, "exercise.cpp");
    exercise.write(exercise.read(exercise.solution()));
    CHECK(call({"check", "03"}).status == 0);
    const Result same = call({"solution", "03"});
    CHECK(same.status == 0);
    CHECK_CONTAINS(same.output, "to the letter");
    CHECK(call({"solution"}).status == 2);
  }

  TEST_CASE("reset asks, and keeps a copy") {
    const FreshExercise exercise;
    CHECK(call({"reset", "03", "--yes"}).status == 0);
    CHECK_CONTAINS(exercise.read(exercise.mine()), "TODO");
    exercise.write("first\n");
    const auto answer = [](const std::string& typed) {
      Session session(shared_checkout().command({"reset", "03"}), Checkout::environment());
      session.expect("[y/N]");
      session.type(typed);
      return session.wait();
    };
    CHECK(answer("\n") == 1);
    CHECK(answer("\x03") == 128 + SIGINT);
    CHECK(exercise.read(exercise.mine()) == "first\n");
    CHECK(answer("y\n") == 0);
    CHECK_CONTAINS(exercise.read(exercise.mine()), "TODO");
    CHECK(exercise.read(exercise.folder() / "03-waits.1.cpp") == "first\n");
    exercise.write("second\n");
    CHECK(call({"reset", "03", "--yes"}).status == 0);
    CHECK(exercise.read(exercise.folder() / "03-waits.2.cpp") == "second\n");
    CHECK(exercise.read(exercise.folder() / "03-waits.1.cpp") == "first\n");
    Session nobody(shell(shared_checkout(), "\"$@\" </dev/null", {"reset", "03"}),
                   Checkout::environment());
    CHECK(nobody.wait() == 1);
    CHECK(nobody.printed("--yes"));
  }

  TEST_CASE("progress that is garbled or cannot be kept stops no command") {
    const FreshExercise exercise;
    call({"hint", "03"});
    REQUIRE_FALSE(exercise.progress().empty());
    std::ofstream(exercise.progress()) << "{\"lessons\": 3";
    const Result garbled = call({});
    CHECK(garbled.status == 0);
    CHECK_CONTAINS(garbled.output, "a new one begins");
    CHECK_CONTAINS(garbled.output, "0 of 1 done");
    CHECK_LACKS(call({}).output, "anew");
    CHECK_CONTAINS(call({"hint", "03"}).output, "Hint 1 of 3");
    for (const char* state : {"/proc/nothing", "/dev/null/x"}) {
      const Result nowhere = call({"hint", "03"}, {{"XDG_STATE_HOME", state}});
      CHECK(nowhere.status == 0);
      CHECK_CONTAINS(nowhere.output, "not remembered");
      CHECK_CONTAINS(nowhere.output, "Hint 3 of 3");
      CHECK(call({}, {{"XDG_STATE_HOME", state}}).status == 0);
    }
    exercise.write(exercise.read(exercise.solution()));
    CHECK(
        call({"check", "03"}, {{"XDG_STATE_HOME", std::nullopt}, {"HOME", std::nullopt}}).status ==
        0);
  }

  TEST_CASE("rubbish in my/ breaks nothing") {
    const FreshExercise exercise;
    fs::create_directories(exercise.folder() / "03-waits.cpp");
    std::ofstream(exercise.folder() / "a;b $c.cpp") << "rubbish\n";
    std::ofstream(exercise.folder() / "04-none.cpp") << "rubbish\n";
    fs::create_symlink("nowhere", exercise.folder() / "01-one.cpp");
    const auto later = fs::file_time_type::clock::now() + 1s;
    fs::last_write_time(shared_checkout().root() / "CMakeLists.txt", later);  // configured afresh
    CHECK(call({"test", "01"}).status == 0);
    const Result folder = call({"check", "03"});
    CHECK(folder.status == 1);
    fs::remove(exercise.folder() / "03-waits.cpp");
    fs::create_symlink("nowhere", exercise.mine());
    CHECK(call({"check", "03"}).status == 1);
    CHECK(call({"test", "01"}).status == 0);
  }

  TEST_CASE("a lesson without an exercise is named, with those that have one") {
    for (const char* command : {"start", "check", "hint", "solution", "reset"}) {
      CAPTURE(command);
      const Result result = call({command, "01"});
      CHECK(result.status == 2);
      CHECK_CONTAINS(result.output, "03-waits");
    }
  }

  // (Debian's mkdocs has Python with it.)
  TEST_CASE("without a browser the pages are built, but no book, with status 1" *
            doctest::skip(!fs::exists("/usr/bin/mkdocs"))) {
    workbook::TemporaryFolder folder;
    const fs::path& root = folder.path();
    fs::create_directories(root / "docs");
    fs::create_directories(root / "tools" / "site");
    fs::copy(fs::path(WORKBOOK_SOURCE) / "tools" / "site" / "book.py", root / "tools" / "site");
    workbook::write_file(root / "mkdocs.yml", "site_name: Small\n");
    workbook::write_file(root / "docs" / "index.md", "# Small\n");
    Session session({WORKBOOK_BUILD "/workbook", "site", "--book"},
                    Checkout::environment({{"WORKBOOK_CHECKOUT", root.string()},
                                           {"WORKBOOK_BUILD", (root / "build").string()},
                                           {"WORKBOOK_BROWSER", "no-browser"}}));
    CHECK(session.wait() == 1);
    CHECK(fs::exists(root / "build" / "site" / "index.html"));
    CHECK_FALSE(fs::exists(root / "build" / "workbook.pdf"));
    CHECK_CONTAINS(session.output(), "sudo apt-get install chromium");
    CHECK_CONTAINS(session.output(), "The pages are built, but not the book.");
  }
}
