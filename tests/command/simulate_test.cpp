// ./workbook simulate: any program in simulated time, and the clock in somebody else's project.
#include <doctest/doctest.h>
#include <elf.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "command_session.hpp"
#include "files.hpp"
#include "places.hpp"
#include "simulation.hpp"
#include "temporary_folder.hpp"
#include "timeline.hpp"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace std::string_literals;

const std::string foreign = (build_folder / "tools" / "clock" / "tests" / "foreign").string();

constexpr bool with_thread_sanitizer = std::string_view(WORKBOOK_SANITIZE) == "thread";

Words simulation(const Words& words, const Words& options = {}) {
  Words result{"simulate"};
  result.insert(result.end(), options.begin(), options.end());
  result.push_back(foreign);
  result.insert(result.end(), words.begin(), words.end());
  return result;
}

Result simulated(const Words& words, const Words& options = {}) {
  // (Sentences are broken where the terminal ends.)
  return call(simulation(words, options), {{"COLUMNS", "400"}});
}

// Without a terminal as its input and output, whose two streams are `out` and `err`.
struct Streams {
  int status;
  std::string out;
  std::string err;
};
Streams in_shell(const std::string& line, const Words& words) {
  const workbook::TemporaryFolder folder;
  const std::string out = (folder.path() / "out").string();
  const std::string err = (folder.path() / "err").string();
  Session session(shell(shared_checkout(), fmt::format("{} >'{}' 2>'{}'", line, out, err), words),
                  Checkout::environment({{"COLUMNS", "400"}}));
  const int status = session.wait();
  return {status, workbook::read_file(out).value_or(""), workbook::read_file(err).value_or("")};
}

// A copy of the program, with a change to its bytes.
class Changed {
 public:
  Changed(const std::string& from, const std::string& to)
      : path_(folder_.path() / "changed"), text_(workbook::read_file(foreign).value()) {
    const auto place = text_.find(from);
    REQUIRE(place != std::string::npos);
    REQUIRE(from.size() == to.size());
    text_.replace(place, to.size(), to);
    write();
  }
  explicit Changed(std::string text) : path_(folder_.path() / "changed"), text_(std::move(text)) {
    write();
  }
  std::string path() const { return path_.string(); }

 private:
  void write() {
    workbook::write_file(path_, text_);
    fs::permissions(path_, fs::perms::owner_all);
  }
  workbook::TemporaryFolder folder_;
  fs::path path_;
  std::string text_;
};

void check_refused(const std::string& program, const std::string& why) {
  const Result result = call({"simulate", program}, {{"COLUMNS", "400"}});
  CHECK(result.status == 2);
  CHECK_CONTAINS(result.output, why);
}

}  // namespace

TEST_SUITE("simulate") {
  TEST_CASE("lines have their times, each stream is itself, and the arguments are the program's") {
    const Streams run = in_shell("\"$@\" </dev/null", simulation({"lines", "--limit", "-h"}));
    CHECK(run.status == 0);
    CHECK(run.out ==
          "    0.000  Boil <water>\n"
          "   90.000  Tea \xff is readyargument --limit\n"
          "   90.000  argument -h\n");
    CHECK_CONTAINS(run.err, "   90.000  Too hot\n");
    CHECK_CONTAINS(run.err,
                   "foreign ended with exit status 0 after 90.000 s of simulated time. It took 0.");
    CHECK_CONTAINS(run.err, "The main thread waited 90.000 s in sleep.");
  }

  TEST_CASE("options of all commands may come first") {
    const Streams run =
        in_shell("\"$@\" </dev/null", {"--yes", "simulate", foreign, "status", "--yes"});
    CHECK(run.status == 7);
  }

  TEST_CASE("who waited, by thread and by function") {
    const Result run = simulated({"threads"});
    CHECK(run.status == 0);
    CHECK_CONTAINS(run.output, "    3.000  timer 3.0");
    CHECK_CONTAINS(
        run.output,
        "The main thread waited 3.000 s in epoll_wait. Thread 1 waited 2.000 s in sleep.");
  }

  TEST_CASE("a program on PATH, in the folder of the caller") {
    const Streams run = in_shell("cd / && \"$@\" </dev/null", {"simulate", "pwd"});
    CHECK(run.status == 0);
    CHECK(run.out == "    0.000  /\n");
    CHECK_CONTAINS(run.err, "No thread waited.");
  }

  TEST_CASE("the exit status is the program's own") {
    const Result run = simulated({"status"});
    CHECK(run.status == 7);
    CHECK_CONTAINS(run.output, "foreign ended with exit status 7 after 0.000 s");
  }

  TEST_CASE("a signal is 128 and its number") {
    const Result run = simulated({"signal"});
    CHECK(run.status == 128 + SIGKILL);
    CHECK_CONTAINS(run.output, "foreign was killed by SIGKILL");
  }

  TEST_CASE("stuck, silent and endless are 124, with who waits") {
    const Result stuck = simulated({"stuck"});
    CHECK(stuck.status == 124);
    CHECK_CONTAINS(stuck.output,
                   "foreign is stuck after 1.000 s of simulated time: every thread waits, and "
                   "nothing is left that could wake one. Waiting at the end: the main thread "
                   "in pthread_cond_wait; thread 1 for a lock or another thread.");
    const Result silent = simulated({"silent"});
    CHECK(silent.status == 124);
    CHECK_CONTAINS(
        silent.output,
        "foreign was ended after 3600.000 s of simulated time: it had printed nothing for "
        "3600 s (--patience allows more). Waiting at the end: the main thread in "
        "sleep.");
    CHECK_CONTAINS(simulated({"silent"}, {"--patience", "7200"}).output, "after 7200.000 s");
    const Result endless = simulated({"endless"}, {"--limit", "1"});
    CHECK(endless.status == 124);
    CHECK_CONTAINS(endless.output, "It used 1 s of processor time and had not come to an end");
    const Streams flood = in_shell("\"$@\" </dev/null", simulation({"flood"}));
    CHECK(flood.status == 124);
    CHECK_CONTAINS(flood.err, "It printed more than 64 MB: an endless loop?");
  }

  TEST_CASE("what the clock does not support is named, with status 2") {
    const Result refused = simulated({"refused"});
    CHECK(refused.status == 2);
    CHECK_CONTAINS(refused.output,
                   "foreign uses alarm (a signal after a time), which the simulated clock does not "
                   "support.");
    const Result becomes = simulated({"becomes"});
    CHECK(becomes.status == 2);
    CHECK_CONTAINS(becomes.output, "foreign uses execvp (another program)");
  }

  TEST_CASE("a wait that nothing can end is found, although a child has ended before" *
            doctest::skip(with_thread_sanitizer)) {
    const Result stuck = simulated({"child_has_ended"});
    CHECK(stuck.status == 124);
    CHECK_CONTAINS(stuck.output,
                   "It waited in a way the simulated clock does not support: in read");
  }

  TEST_CASE("what cannot be started is one sentence, with status 2") {
    check_refused("no-such-program", "no-such-program was not found.");
    check_refused("./no-such-program", "./no-such-program was not found.");
    check_refused("/", "/ is a folder.");
    check_refused(WORKBOOK_SOURCE "/README.md", "You have no permission to run ");
    check_refused(Changed("#!/bin/sh\n").path(), " is a script: simulate its interpreter");
    check_refused(Changed("rubbish").path(), " is not a program.");
    check_refused(Changed(std::string(ELFMAG) + "cut").path(), "another architecture");
    const Result nothing = call({"simulate"});
    CHECK(nothing.status == 2);
    CHECK_CONTAINS(nothing.output, "Which program? For instance:");
  }

  TEST_CASE("programs into which the clock cannot be loaded") {
    std::string other = workbook::read_file(foreign).value();
    other[offsetof(Elf64_Ehdr, e_machine)] = EM_S390;
    check_refused(Changed(other).path(), " was built for another architecture");

    const std::string loader = "/lib64/ld-linux-x86-64.so.2";
    if (workbook::read_file(foreign).value().find(loader) != std::string::npos) {
      check_refused(Changed(loader, "/lib64/ld-musl-x86_64.so.1\0"s).path(), "C library musl");
    }
    check_refused(Changed("GNU\0"s, "Go\0\0"s).path(), " is a Go program");

    // Without a loader: its kind of segment becomes one that is not used.
    std::string alone = workbook::read_file(foreign).value();
    const std::string interpreter{"\x03\0\0\0\x04\0\0\0", 8};
    const auto segment = alone.find(interpreter, sizeof(Elf64_Ehdr));
    REQUIRE(segment < 4096);
    alone[segment] = PT_NULL;
    check_refused(Changed(alone).path(), " is linked statically");

    const Changed with_rights(workbook::read_file(foreign).value());
    REQUIRE(::chmod(with_rights.path().c_str(), 04755) == 0);
    check_refused(with_rights.path(), "the rights of another user");
  }

  TEST_CASE("all input through a pipe is there from the start") {
    const Streams lines = in_shell("printf 'tea\\n' | \"$@\"", simulation({"reads"}));
    CHECK(lines.out == "    0.000  ready 0.0\n    0.000  read tea\n");
    // The writer takes its time, a loop would see nothing yet.
    const Streams late = in_shell("{ printf 1234; sleep 0.2; printf 5678; } | \"$@\"",
                                  simulation({"reads_by_a_loop"}));
    CHECK(late.status == 0);
    CHECK(late.out == "    0.000  8 0.0\n");
    const Streams large =
        in_shell("head -c 300000 /dev/zero | \"$@\"", simulation({"reads_by_a_loop"}));
    CHECK(large.out == "    0.000  300000 0.0\n");
    const Streams larger = in_shell("head -c 3000000 /dev/zero | \"$@\"", {"simulate", "wc", "-c"});
    CHECK(larger.out == "    0.000  3000000\n");
  }

  TEST_CASE("input whose end does not come is said, and Ctrl-C ends the wait") {
    const workbook::TemporaryFolder folder;
    const std::string pipe = (folder.path() / "pipe").string();
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    // (Open for writing, too, so that its end never comes.)
    Session session(
        shell(shared_checkout(), "exec \"$@\" <>" + ("'" + pipe + "'"), simulation({"reads"})),
        Checkout::environment({{"COLUMNS", "400"}}));
    session.expect("Reading the input to its end");
    session.type("\x03");
    CHECK(session.wait() == 128 + SIGINT);
  }

  TEST_CASE("a line comes before the next is typed on the terminal") {
    Session session(shared_checkout().command(simulation({"reads"})), Checkout::environment());
    session.expect("0.000  ready 0.0");
    session.type("milk\n");
    session.expect("0.000  read milk");
    CHECK(session.wait() == 0);
  }

  TEST_CASE("Ctrl-C ends the program") {
    Session session(shared_checkout().command(simulation({"reads"})), Checkout::environment());
    session.expect("ready");
    session.type("\x03");
    CHECK(session.wait() == 128 + SIGINT);
  }

  TEST_CASE("other processes run in real time, and so does the program in the meantime" *
            doctest::skip(with_thread_sanitizer)) {
    const Result answer = simulated({"waits_for_a_child"});
    CHECK(answer.status == 0);
    CHECK_CONTAINS(answer.output, "answered");
    CHECK_CONTAINS(answer.output, "It started other processes, which ran in real time: sh.");
    const Result copy = simulated({"sleeps_in_a_copy"});
    CHECK_CONTAINS(copy.output, "the copy slept");
    CHECK_CONTAINS(copy.output, "which ran in real time: a copy of itself.");
  }

  TEST_CASE("lines beside children, and the end, have their times" *
            doctest::skip(with_thread_sanitizer)) {
    const Streams run = in_shell("\"$@\" </dev/null", simulation({"prints_beside_children"}));
    CHECK(run.status == 0);
    double one = -1, two = -1, end = -1;
    std::string word;
    std::istringstream(run.out) >> one >> word >> two;
    const std::string sentence = "ended with exit status 0 after ";
    const auto place = run.err.find(sentence);
    if (place != std::string::npos) end = std::stod(run.err.substr(place + sentence.size()));
    CHECK(one == 0.0);
    CHECK(two >= 0.199);
    CHECK(end >= two + 0.199);
  }

  TEST_CASE("what a child has written before its end is seen" *
            doctest::skip(with_thread_sanitizer)) {
    CHECK_CONTAINS(simulated({"takes_quick_answers"}).output, "40 answers");
  }

  TEST_CASE("a shell that has functions of its own for the environment") {
    const Result run = call({"simulate", "bash", "-c", "/bin/true; echo again"});
    CHECK(run.status == 0);
    CHECK_CONTAINS(run.output, "again");
    CHECK_CONTAINS(run.output, "which ran in real time: /bin/true.");
  }

  TEST_CASE("each way to start a process is named, and the clock is not handed on" *
            doctest::skip(with_thread_sanitizer)) {
    const Result run = simulated({"starts_in_every_way"});
    CHECK(run.status == 0);
    for (const char* line : {"fork 0", "posix_spawnp 0", "system 0", "popen none"}) {
      CHECK_CONTAINS(run.output, line);
    }
    CHECK_CONTAINS(run.output,
                   "which ran in real time: true (2 times), exit 0, echo ${LD_PRELOAD-none}.");
  }

  TEST_CASE("a child is named by what it becomes, in whichever order that is reported") {
    using Names = std::vector<std::string>;
    CHECK(workbook::parse_wait_report("child 7 \nchild 7 sh\n").children == Names{"sh"});
    CHECK(workbook::parse_wait_report("child 7 sh\nchild 7 \n").children == Names{"sh"});
    CHECK(workbook::parse_wait_report("child 7 \n").children == Names{"a copy of itself"});
    CHECK(workbook::parse_wait_report("child 0 ls\nchild 0 ls\n").children == Names{"ls", "ls"});
  }

  TEST_CASE("a page with the timeline, never over another file") {
    const workbook::TemporaryFolder folder;
    const std::string page = (folder.path() / "run.html").string();
    const Words lanes{"--replay", page, "--lane", "tea=Boil,Tea", "--lane", "heat=Too,nothing"};
    CHECK(simulated({"lines"}, lanes).status == 0);
    const std::string html = workbook::read_file(page).value();
    CHECK_CONTAINS(html, ">tea</th><td><i style=\"left:0.000%;width:100.000%\"");
    CHECK_CONTAINS(html, ">heat</th><td><i style=\"left:100.000%;width:0.000%\"");
    CHECK_CONTAINS(html, "<samp>Boil &lt;water&gt;</samp>");
    CHECK_CONTAINS(html, "<samp>Tea \uFFFD is ready</samp>");
    CHECK_CONTAINS(html, "<li class=\"error\"><span>90.000 s</span><samp>Too hot</samp>");
    CHECK_CONTAINS(html, "<span style=\"left:88.889%\">80 s</span>");

    const Result again = simulated({"lines"}, {"--replay", page});
    CHECK(again.status == 2);
    CHECK_CONTAINS(again.output, "run.html exists. Write over it with --force");
    CHECK_LACKS(again.output, "Boil");  // it was not even run
    CHECK(workbook::read_file(page).value() == html);
    CHECK(simulated({"lines"}, {"--force", "--replay", page}).status == 0);
    const std::string by_word = workbook::read_file(page).value();
    CHECK_CONTAINS(by_word, ">Boil</th>");
    CHECK_CONTAINS(by_word, ">Too</th>");
  }

  TEST_CASE("a lane that fits nothing, or is none, is an error, and no page is written") {
    const workbook::TemporaryFolder folder;
    const std::string page = (folder.path() / "run.html").string();
    const Result nothing = simulated({"lines"}, {"--replay", page, "--lane", "x=Coffee,Tea"});
    CHECK(nothing.status == 2);
    CHECK_CONTAINS(nothing.output, "The lane \"x\" fits nothing: no line begins with \"Coffee\".");
    for (const char* lane : {"tea", "tea=Boil", "=Boil,Tea", "tea=,Tea", "tea=Boil,"}) {
      CHECK(simulated({"lines"}, {"--replay", page, "--lane", lane}).status == 2);
    }
    const Result alone = simulated({"lines"}, {"--lane", "tea=Boil,Tea"});
    CHECK(alone.status == 2);
    CHECK_CONTAINS(alone.output, "add --replay FILE.html");
    CHECK(!fs::exists(page));
  }

  TEST_CASE("a lane has a bar from each beginning to the next end") {
    const std::vector<workbook::PrintedLine> lines{
        {1s, false, "in 1"}, {2s, false, "in 2"}, {3s, false, "out"}, {4s, false, "in 3"}};
    const auto lanes = workbook::make_lanes({{"door", "in", "out"}}, lines, 6s);
    REQUIRE(lanes.size() == 1);
    REQUIRE(lanes[0].bars.size() == 2);
    CHECK(lanes[0].bars[0].begin == 1s);
    CHECK(lanes[0].bars[0].end == 3s);
    CHECK(lanes[0].bars[1].begin == 4s);
    CHECK(lanes[0].bars[1].end == 6s);
  }

  TEST_CASE("the clock alone, in somebody else's project") {
    const workbook::TemporaryFolder folder;
    const std::string script = fmt::format(
        "set -e; cd '{}'; cmake -G Ninja -S '{}/tools/clock' -B clock >log; cmake --build clock "
        ">>log; "
        "cmake --install clock --prefix \"$PWD/installed\" >>log; "
        "cmake -G Ninja -S '{}/tools/clock/tests/project' -B bakery "
        "-DCMAKE_PREFIX_PATH=\"$PWD/installed\" "
        ">>log; cmake --build bakery >>log; ctest --test-dir bakery --output-on-failure || true",
        folder.path().string(), WORKBOOK_SOURCE, WORKBOOK_SOURCE);
    Session session({"sh", "-c", script}, {{"CXX", WORKBOOK_COMPILER}});
    CHECK(session.wait() == 0);
    CHECK_CONTAINS(session.output(), "rises ............................   Passed");
    CHECK_CONTAINS(session.output(), "stuck: ");
    CHECK_CONTAINS(session.output(), "50% tests passed");
  }
}
