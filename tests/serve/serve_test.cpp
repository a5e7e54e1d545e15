// ./workbook serve: what the pages may do, and what no client may.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/write.hpp>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "command_session.hpp"
#include "files.hpp"
#include "lessons.hpp"
#include "page_jobs.hpp"
#include "site_session.hpp"
#include "temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Json = nlohmann::json;

const std::string exercise = "/api/exercises/03-waits";

Json run(const std::string& lesson, const std::vector<std::string>& programs,
         const Json& more = Json::object()) {
  Json job{{"kind", "run"}, {"lesson", lesson}, {"programs", programs}};
  job.update(more);
  return job;
}

// For one of the programs, instead of those of the lesson.
Json arguments(const std::string& program, const std::vector<std::string>& words) {
  return {{"arguments", {{program, words}}}};
}

const Json check{{"kind", "check"}, {"lesson", "03-waits"}};

// Saves the text as the exercise, and checks it: the verdict.
Json verdict_on(SiteSession& site, const std::string& text) {
  const Json before = site.ask("GET", exercise).json();
  const Json save{{"text", text}, {"version", before["version"]}};
  REQUIRE(site.ask("PUT", exercise, save.dump()).status == 200);
  const Json events = site.all_events(site.start(check));
  REQUIRE_MESSAGE(of_type(events, "verdict").size() == 1, events.dump());
  return events.back();
}

bool is_line(const Json& event) {
  return event["type"] == "line";
}

// How a page's only program ended, run by us without a server.
std::string failure_in_page(const workbook::PageRun& page) {
  SiteSession::site();  // so that the checkout is set up
  asio::io_context loop;
  workbook::Supervisor supervisor(loop.get_executor());
  workbook::TextConsole console;
  workbook::Context context{shared_checkout().root(), shared_checkout().build(), console,
                            supervisor};
  workbook::Job job;
  std::string said;
  const auto work = [&]() -> asio::awaitable<void> {
    co_await workbook::run_for_page(context, page, job);
    said = co_await job.events_after(0);
  };
  std::exception_ptr failure;
  asio::co_spawn(loop, work(), [&](std::exception_ptr error) {
    failure = error;
    loop.stop();
  });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  const Json ended = of_type(Json::parse(said)["events"], "ended");
  REQUIRE_MESSAGE(ended.size() == 1, said);
  return ended[0]["failure"];
}

// A process that got its signal may need a moment to die.
void check_that_all_have_gone() {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!shared_checkout().processes().empty() && std::chrono::steady_clock::now() < deadline) {
  }
  CHECK(shared_checkout().processes().empty());
}

}  // namespace

TEST_SUITE("serve") {
  // --- The pages ---

  TEST_CASE("the files of the site, with what a browser has to know of them") {
    SiteSession site;
    for (const auto& [path, type, body] : std::vector<std::array<std::string, 3>>{
             {"/", "text/html; charset=utf-8", "<p>start</p>\n"},
             {"/index.html", "text/html; charset=utf-8", "<p>start</p>\n"},
             {"/sub/?x=1", "text/html; charset=utf-8", "<p>sub</p>\n"},
             {"/a%20b.js", "text/javascript; charset=utf-8", "// script\n"}}) {
      CAPTURE(path);
      Answer answer = site.ask("GET", path, {}, {{"X-Workbook-Token", ""}});
      CHECK(answer.status == 200);
      CHECK(answer.body == body);
      CHECK(answer.headers["Content-Type"] == type);
      CHECK(answer.headers["Cache-Control"] == "no-cache");
      CHECK(answer.headers["X-Content-Type-Options"] == "nosniff");
      CHECK(answer.headers["Referrer-Policy"] == "no-referrer");
      CHECK_CONTAINS(answer.headers["Content-Security-Policy"],
                     "default-src 'none'; script-src 'self' 'wasm-unsafe-eval';");
      CHECK_CONTAINS(answer.headers["Content-Security-Policy"], "frame-ancestors 'none'");
    }
    const Answer head = site.ask("HEAD", "/");
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    Answer folder = site.ask("GET", "/sub");
    CHECK(folder.status == 308);
    CHECK(folder.headers["Location"] == "/sub/");
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
      CHECK(site.ask(method, "/index.html").status == 405);
    }
  }

  TEST_CASE("no path leads out of the site, and no link is followed") {
    SiteSession site;
    const fs::path folder = SiteSession::site();
    workbook::write_file(folder.parent_path() / "secret.txt", "potatoes");
    fs::create_directories(folder.parent_path() / "outside");
    workbook::write_file(folder.parent_path() / "outside" / "secret.txt", "potatoes");
    workbook::write_file(folder / ".hidden", "potatoes");
    fs::create_symlink(folder.parent_path() / "secret.txt", folder / "link.txt");
    fs::create_directory_symlink(folder.parent_path() / "outside", folder / "linked");
    REQUIRE(::mkfifo((folder / "pipe.txt").c_str(), 0600) == 0);
    for (const std::string path :
         {"/../secret.txt", "/sub/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
          "/sub/%2E%2E/%2E%2E/secret.txt", "/./index.html", "//etc/passwd", "/%2fetc/passwd",
          "/link.txt", "/linked/secret.txt", "/.hidden", "/pipe.txt", "/index.html%00.txt", "/%zz",
          "/%", "/index.html/", "/no-such.html", "/sub//index.html", "/sub/nothing/"}) {
      CAPTURE(path);
      const Answer answer = site.ask("GET", path);
      CHECK(answer.status == 404);
      CHECK_LACKS(answer.body, "potatoes");
      CHECK_LACKS(answer.body, "root:");
    }
    fs::remove(folder / "pipe.txt");
    fs::remove(folder / "link.txt");
    fs::remove(folder / "linked");
    CHECK(site.ask("GET", "/").status == 200);
  }

  // --- Who may ask ---

  TEST_CASE("only by its own name: another site's name may lead here") {
    SiteSession site;
    const std::string port = site.host().substr(site.host().find(':'));
    CHECK(site.ask("GET", "/", {}, {{"Host", "localhost" + port}}).status == 200);
    for (const std::string& host :
         {"kitchen.example" + port, std::string("127.0.0.1"), "127.0.0.1:1" + port.substr(1),
          "127.0.0.1.example" + port, "LOCALHOST" + port, "x@127.0.0.1" + port}) {
      CAPTURE(host);
      for (const char* path : {"/", "/api/lessons/01-one"}) {
        const Answer answer = site.ask("GET", path, {}, {{"Host", host}});
        CHECK(answer.status == 403);
        CHECK_CONTAINS(answer.body, "answers to no other name");
      }
    }
    CHECK(site.say("GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.1 403 "));
    CHECK(site.say("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 400 "));
  }

  TEST_CASE("no page from elsewhere") {
    SiteSession site;
    const std::string lesson = "/api/lessons/01-one";
    CHECK(site.ask("GET", lesson, {}, {{"Origin", "http://" + site.host()}}).status == 200);
    for (const std::string& origin :
         {std::string("http://kitchen.example"), std::string("null"), "https://" + site.host(),
          "http://" + site.host() + ".example", "http://" + site.host() + "1"}) {
      CAPTURE(origin);
      CHECK(site.ask("GET", lesson, {}, {{"Origin", origin}}).status == 403);
      CHECK(site.ask("GET", "/", {}, {{"Origin", origin}}).status == 403);
      CHECK(site.ask("OPTIONS", "/api/jobs", {}, {{"Origin", origin}}).status == 403);
    }
    for (const char* from : {"cross-site", "same-site"}) {
      CHECK(site.ask("GET", lesson, {}, {{"Sec-Fetch-Site", from}}).status == 403);
      CHECK(site.ask("GET", "/", {}, {{"Sec-Fetch-Site", from}}).status == 200);  // by a link
    }
    for (const char* from : {"same-origin", "none"}) {
      CHECK(site.ask("GET", lesson, {}, {{"Sec-Fetch-Site", from}}).status == 200);
    }
  }

  TEST_CASE("nothing without the token, which is another one each time") {
    const FreshExercise fresh;
    SiteSession site;
    CHECK(site.token().size() == 64);
    CHECK(site.token().find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(SiteSession().token() != site.token());
    std::string other = site.token();
    other.back() = other.back() == '0' ? '1' : '0';
    for (const std::string& token : {std::string(), other, site.token() + "0",
                                     site.token().substr(1), site.token() + ", " + site.token()}) {
      CAPTURE(token);
      for (const auto& [method, path] :
           std::vector<std::pair<std::string, std::string>>{{"GET", "/api/lessons/01-one"},
                                                            {"GET", "/api/nothing"},
                                                            {"POST", "/api/jobs"},
                                                            {"GET", "/api/jobs/1/events?after=0"},
                                                            {"POST", "/api/jobs/1/stop"},
                                                            {"GET", exercise},
                                                            {"PUT", exercise},
                                                            {"POST", exercise + "/hint"}}) {
        CAPTURE(path);
        const Answer answer = site.ask(method, path, "{}", {{"X-Workbook-Token", token}});
        CHECK(answer.status == 403);
        CHECK_CONTAINS(answer.json()["error"].get<std::string>(), "The token is missing");
      }
    }
    CHECK_FALSE(fs::exists(fresh.folder()));
  }

  TEST_CASE("a request in a request is not answered") {
    const FreshExercise fresh;
    SiteSession site;
    const std::string body = R"({"text":"smuggled","version":"none"})";
    const std::string inner = fmt::format(
        "PUT {} HTTP/1.1\r\nHost: {}\r\nX-Workbook-Token: {}\r\nContent-Length: {}\r\n"
        "Connection: close\r\n\r\n{}",
        exercise, site.host(), site.token(), body.size(), body);
    const std::string outer = fmt::format("POST / HTTP/1.1\r\nHost: {}\r\n", site.host());
    for (const std::string& headers :
         {fmt::format("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", inner.size()),
          std::string("Content-Length: 0\r\nContent-Length: 4\r\n"),
          std::string("Transfer-Encoding: chunked\r\n"), std::string("Content-Length : 0\r\n"),
          std::string("Content-Length: 0, 0\r\n"), std::string("X: y\rContent-Length: 0\r\n"),
          fmt::format("Content-Length: {}\r\nConnection: close\r\n", inner.size())}) {
      CAPTURE(headers);
      const std::string said = site.say(outer + headers + "\r\n" + inner);
      CHECK(said.starts_with("HTTP/1.1 4"));
      CHECK(said.find("HTTP/1.1", 1) == std::string::npos);
      const auto sentence = said.find("\r\n\r\n") + 4;
      CHECK(said.size() > sentence + 10);
    }
    CHECK_FALSE(fs::exists(fresh.folder()));
    // Without the odd parts, the same request would have been accepted.
    CHECK_CONTAINS(site.say(inner), "200 OK");
    CHECK(FreshExercise::read(fresh.mine()) == "smuggled");
  }

  TEST_CASE("a malformed request gets a sentence") {
    SiteSession site;
    for (const auto& [method, path, body, status] :
         std::vector<std::tuple<std::string, std::string, std::string, int>>{
             {"GET", "/api/", "", 404},
             {"GET", "/api/nothing", "", 404},
             {"GET", "/api/lessons/01", "", 404},
             {"GET", "/api/lessons/..", "", 404},
             {"GET", "/api/exercises/01-one", "", 404},
             {"PUT", "/api/exercises/..%2f..%2fx", "{}", 404},
             {"DELETE", exercise, "", 405},
             {"POST", "/api/lessons/01-one", "{}", 405},
             {"GET", "/api/jobs", "", 405},
             {"POST", "/api/jobs", "", 400},
             {"POST", "/api/jobs", "[]", 400},
             {"POST", "/api/jobs", "{", 400},
             {"POST", "/api/jobs", std::string(30'000, '['), 400},
             {"POST", "/api/jobs", R"({"kind":"shell","lesson":"01-one"})", 400},
             {"POST", "/api/jobs", R"({"kind":"run","lesson":7})", 400},
             {"POST", "/api/jobs", run("../01-one", {"sync"}).dump(), 404},
             {"POST", "/api/jobs", run("01-one", {"/bin/sh"}).dump(), 404},
             {"POST", "/api/jobs", run("01-one", {"syn"}).dump(), 404},
             {"POST", "/api/jobs", run("03-waits", {"exercise"}).dump(), 404},
             {"POST", "/api/jobs", run("01-one", {}).dump(), 400},
             {"POST", "/api/jobs", run("01-one", {"sync", "sync"}).dump(), 400},
             {"POST", "/api/jobs", run("01-one", {"sync"}, {{"together", 1}}).dump(), 400},
             {"POST", "/api/jobs", run("01-one", {"sync"}, {{"arguments", "x"}}).dump(), 400},
             {"POST", "/api/jobs",
              run("01-one", {"sync"}, arguments("sync", {std::string(257, 'x')})).dump(), 400},
             {"POST", "/api/jobs",
              run("01-one", {"sync"}, arguments("sync", {std::string(1, '\0')})).dump(), 400},
             {"POST", "/api/jobs",
              run("01-one", {"sync"}, arguments("sync", std::vector<std::string>(17, "x"))).dump(),
              400},
             {"POST", "/api/jobs", run("01-one", {"sync"}, arguments("async", {"x"})).dump(), 400},
             {"POST", "/api/jobs", R"({"kind":"check","lesson":"01-one"})", 404},
             {"PUT", exercise, R"({"text":"x"})", 400},
             {"PUT", exercise, R"({"text":7,"version":"none"})", 400},
             {"PUT", exercise, std::string(70'000, ' '), 413},
             {"GET", "/api/jobs/99/events?after=0", "", 404},
             {"GET", "/api/jobs/x/events?after=0", "", 400},
             {"GET", "/api/jobs/-1/events?after=0", "", 404},
             {"POST", "/api/jobs/99999999999/stop", "", 400},
             {"GET", "/api/jobs/1", "", 404}}) {
      CAPTURE(path);
      CAPTURE(body.substr(0, 100));
      const Answer answer = site.ask(method, path, body);
      CHECK(answer.status == status);
      CHECK(answer.json()["error"].get<std::string>().size() > 10);
    }
  }

  // --- Runs ---

  TEST_CASE("the contents of a lesson") {
    const FreshExercise fresh;
    SiteSession site;
    const Json one = site.ask("GET", "/api/lessons/01-one").json();
    CHECK(one["programs"][0] == "sync");
    CHECK(one["programs"][1] == "async");
    CHECK(one["exercise"] == false);
    CHECK(one["runs_real_time"] == false);
    CHECK(one["arguments"]["sync"] == Json::array());
    const Json three = site.ask("GET", "/api/lessons/03-waits").json();
    CHECK(three["exercise"] == true);
    CHECK(three["done"] == false);
    const Json four = site.ask("GET", "/api/lessons/04-talks").json();
    CHECK(four["runs_real_time"] == true);
    CHECK(four["arguments"]["sync"] == Json{"http://{server}/page"});
    CHECK(four["arguments"]["async"] == Json{"{server}", "words.txt"});
    CHECK(four["arguments"]["server"] == Json::array());
  }

  TEST_CASE("a run tells what it builds, what is printed when, and how it ended") {
    SiteSession site;
    fs::remove(shared_checkout().build() / "lessons" / "03-waits" / "async");
    const Json events = site.all_events(site.start(run("03-waits", {"sync", "async"})));
    CHECK(of_type(events, "building").size() >= 1);
    const Json started = of_type(events, "started");
    const Json ended = of_type(events, "ended");
    REQUIRE(started.size() == 2);
    REQUIRE_MESSAGE(ended.size() == 2, events.dump());
    CHECK(started[0]["program"] == "sync");
    CHECK(ended[0]["program"] == "sync");
    CHECK(ended[0]["number"] < started[1]["number"]);
    CHECK(ended[0]["failure"] == "");
    CHECK(ended[0]["took"].get<double>() >= 3.0);
    const Json lines = of_type(events, "line");
    REQUIRE(lines.size() == 2);
    CHECK(lines[0]["program"] == "sync");
    CHECK(lines[0]["text"] == "done");
    CHECK(lines[0]["time"].get<double>() >= 3.0);
    CHECK(lines[0]["time"] <= ended[0]["took"]);
    CHECK(lines[1]["time"].get<double>() >= 2.0);
  }

  TEST_CASE("lines come as they are printed, of two programs at a time, until they are stopped") {
    SiteSession site;
    const int job = site.start(run("01-one", {"stays", "async"}, {{"together", true}}));
    const Json events = site.events_until(job, [](const Json& event) {
      return event["type"] == "ended" && event["program"] == "async";
    });
    CHECK(of_type(events, "started").size() == 2);
    CHECK(of_type(events, "ended").size() == 1);
    site.events_until(job,
                      [](const Json& event) { return is_line(event) && event["text"] == "ready"; });
    CHECK(shared_checkout().processes().size() >= 2);
    site.stop(job);
    const Json all = site.all_events(job);
    CHECK(all.back()["type"] == "stopped");
    CHECK(of_type(all, "ended").size() == 1);
    CHECK(shared_checkout().processes().empty());
    site.stop(job);  // stopping twice does no harm
  }

  TEST_CASE("a program that ignores SIGTERM is stopped") {
    SiteSession site;
    const int job = site.start(run("01-one", {"stays"}, arguments("stays", {"stubborn"})));
    site.events_until(job, is_line);
    site.stop(job);
    CHECK(site.all_events(job).back()["type"] == "stopped");
    CHECK(shared_checkout().processes().empty());
  }

  TEST_CASE("how a program ended badly is said") {
    SiteSession site;
    const Json events = site.all_events(site.start(run("01-one", {"crashes", "fails", "throws"})));
    const Json ended = of_type(events, "ended");
    REQUIRE_MESSAGE(ended.size() == 3, events.dump());
    CHECK(ended[0]["failure"] == "It was killed by SIGSEGV (Segmentation fault).");
    CHECK(ended[1]["failure"] == "It ended with exit status 3.");
    CHECK(ended[2]["failure"] ==
          "An uncaught exception ended it: std::runtime_error: no potatoes.");
  }

  TEST_CASE("a program that prints or writes forever, eats memory, or leaves others behind") {
    SiteSession site;
    const Json events =
        site.all_events(site.start(run("01-one", {"floods", "eats", "leaves", "fills"})));
    const Json ended = of_type(events, "ended");
    REQUIRE_MESSAGE(ended.size() == 4, events.dump());
    CHECK(ended[0]["failure"] == "It printed more than 5000 lines: an endless loop?");
    CHECK(of_type(events, "line").size() == 5000 + 2 + 1);  // and of eats, and leaves
    CHECK(of_type(events, "line")[0]["text"] == "\uFFFD");
    CHECK(ended[1]["failure"] ==
          "An uncaught exception ended it: std::bad_alloc. It is allowed 2048 MB of "
          "memory at most.");
    CHECK(ended[2]["failure"] == "It left 2 processes behind, which were killed.");
    CHECK(ended[3]["failure"] == "It wrote more than 16 MB into a file: an endless loop?");
    CHECK(shared_checkout().processes().empty());
  }

  TEST_CASE("a program that computes or waits forever is ended") {
    const auto failure_of = [](const std::string& program, std::chrono::seconds cpu_limit,
                               std::chrono::seconds slack) {
      workbook::PageRun page;
      page.lesson = workbook::choose_lesson(workbook::find_lessons(shared_checkout().root()), "01");
      page.programs = {program};
      page.cpu_limit = cpu_limit;
      page.slack = slack;
      return failure_in_page(page);
    };
    CHECK(failure_of("spins", 1s, 60s) ==
          "It used 1 s of processor time and had not come to an end: an endless loop?");
    CHECK(failure_of("stays", 10s, 1s) == "It had not come to an end after 2 s.");
    CHECK(shared_checkout().processes().empty());
    // These are the limits of the programs that the pages start.
    CHECK(workbook::PageRun().cpu_limit == 10s);
    CHECK(workbook::PageRun().slack == 60s);
  }

  TEST_CASE("a lesson's server runs beside a program, and arguments are no shell's") {
    SiteSession site;
    const Json plain = of_type(site.all_events(site.start(run("04-talks", {"async"}))), "line");
    REQUIRE(plain.size() == 3);
    CHECK(plain[0]["text"] == "argument 127.0.0.1:4321");
    CHECK(plain[2]["text"] == "words.txt is here");
    const fs::path file = shared_checkout().parent() / "written";
    const Json mine = of_type(
        site.all_events(site.start(
            run("04-talks", {"sync"},
                arguments("sync", {"{server}/x", "$(touch '" + file.string() + "')", "; true"})))),
        "line");
    REQUIRE(mine.size() == 3);
    CHECK(mine[0]["text"] == "argument 127.0.0.1:4321/x");
    CHECK(mine[1]["text"] == "argument $(touch '" + file.string() + "')");
    CHECK_FALSE(fs::exists(file));
    CHECK(shared_checkout().processes().empty());
  }

  TEST_CASE("the lines of a lesson's server are shown, too") {
    SiteSession site;
    const int job = site.start(run("04-talks", {"waits"}));
    const auto of_the_server = [](const Json& event) { return event["type"] == "server_line"; };
    // (The program's own line may come together with it.)
    const Json said = of_type(site.events_until(job, of_the_server), "server_line");
    REQUIRE(said.size() == 1);
    CHECK(said[0]["program"] == "waits");
    CHECK(said[0]["text"] == "serves");
    CHECK(said[0]["time"].get<double>() >= 0);
    site.stop(job);
  }

  TEST_CASE("a lesson's server that does not want to end holds up no one") {
    SiteSession site(Environment{{"SERVER_FAULT", "stubborn"}});
    const int job = site.start(run("04-talks", {"waits"}));
    Json seen = site.events_until(job, is_line);
    site.stop(job);
    CHECK(site.ask("GET", "/").status == 200);
    const Answer meanwhile =
        site.ask("GET", fmt::format("/api/jobs/{}/events?after={}", job, seen.size() - 1));
    CHECK(meanwhile.json()["done"] == false);
    CHECK(site.all_events(job).back()["type"] == "stopped");
    CHECK(shared_checkout().processes().empty());
  }

  TEST_CASE("the packages that a program needs are named") {
    SiteSession site;
    const Json events = site.all_events(site.start(run("04-talks", {"needs"})));
    CHECK(events.back()["type"] == "failure");
    CHECK_CONTAINS(events.back()["text"].get<std::string>(),
                   "sudo apt-get install no-such-package");
  }

  TEST_CASE("a build can be stopped, and the next one builds") {
    SiteSession site(Environment{{"BUILDING", "/dev/null"}});
    const int job = site.start(run("02-slow", {"sync"}));
    site.session().wait_until([] { return !shared_checkout().processes().empty(); });
    const int waits = site.start(run("01-one", {"async"}));
    site.events_until(waits, [](const Json& event) { return event["type"] == "building"; });
    site.stop(job);
    CHECK(site.all_events(job).back()["type"] == "stopped");
    const Json built = site.all_events(waits);
    REQUIRE_MESSAGE(of_type(built, "ended").size() == 1, built.dump());
    CHECK(shared_checkout().processes().empty());
    // A file that is lost when a build is stopped at the wrong time comes back.
    fs::remove(shared_checkout().build() / "build.ninja");
    const Json again = site.all_events(site.start(run("01-one", {"async"})));
    CHECK_MESSAGE(of_type(again, "ended").size() == 1, again.dump());
  }

  TEST_CASE("four at a time, and no more") {
    SiteSession site;
    std::vector<int> jobs;
    for (int i = 0; i < 4; ++i) {
      jobs.push_back(site.start(run("01-one", {"stays"})));
      site.events_until(jobs.back(), is_line);
    }
    const Answer fifth = site.ask("POST", "/api/jobs", run("01-one", {"async"}).dump());
    CHECK(fifth.status == 429);
    CHECK_CONTAINS(fifth.body, "4 runs or checks are under way");
    for (const int job : jobs) site.stop(job);
    for (const int job : jobs) CHECK(site.all_events(job).back()["type"] == "stopped");
    const int after = site.start(run("01-one", {"async"}));
    CHECK(of_type(site.all_events(after), "ended").size() == 1);
    CHECK(shared_checkout().processes().empty());
  }

  TEST_CASE("a page's programs end when the page has gone, and not before") {
    SiteSession site;
    const int job = site.start(run("01-one", {"stays"}));
    site.events_until(job, is_line);
    CHECK_FALSE(shared_checkout().processes().empty());
    check_that_all_have_gone();  // because no page asks any more
    CHECK(site.all_events(job).back()["type"] == "stopped");

    // A page that asks keeps the job, however long nothing happens.
    const int kept = site.start(run("01-one", {"stays"}));
    const Json events = site.events_until(kept, is_line);
    for (int i = 0; i < 4; ++i) {
      const Answer answer =
          site.ask("GET", fmt::format("/api/jobs/{}/events?after={}", kept, events.size()));
      CHECK(answer.json()["events"].empty());  // after two seconds
    }
    CHECK_FALSE(shared_checkout().processes().empty());
  }

  TEST_CASE("all ends with the server, however that ends") {
    for (const int signal : {SIGINT, SIGTERM, SIGKILL}) {
      CAPTURE(signal);
      SiteSession site;
      // (A process that is killed cannot end the children of its children.)
      const std::string program = signal == SIGKILL ? "sync" : "stays";
      const int job = site.start(run("01-one", {program}, arguments(program, {"/nonexistent"})));
      site.events_until(job, [](const Json& event) { return event["type"] == "started"; });
      site.session().send(signal);
      CHECK(site.session().wait() == (signal == SIGINT ? 0 : 128 + signal));
      check_that_all_have_gone();
    }
  }

  // --- Exercises ---

  TEST_CASE("an exercise is edited, checked and done, as on the command line") {
    const FreshExercise fresh;
    SiteSession site;
    const Json starter = site.ask("GET", exercise).json();
    CHECK(starter["path"] == "my/03-waits.cpp");
    CHECK(starter["exists"] == false);
    CHECK(starter["done"] == false);
    CHECK_CONTAINS(starter["text"].get<std::string>(), "TODO: two seconds.");
    CHECK_FALSE(fs::exists(fresh.mine()));

    const Json wrong = verdict_on(site, starter["text"]);
    CHECK(wrong["right"] == false);
    CHECK_CONTAINS(wrong["text"].get<std::string>(), "It took 3.0s of simulated time");
    CHECK(FreshExercise::read(fresh.mine()) == starter["text"].get<std::string>());
    const std::string sentence = wrong["text"].get<std::string>();
    CHECK_CONTAINS(call({"check", "03"}, {{"NO_COLOR", "1"}}).output,
                   sentence.substr(0, sentence.find('\n')));

    const Json hint = site.ask("POST", exercise + "/hint").json();
    CHECK(hint["text"] == "Hint 1 of 3 for 03-waits\nA nudge.\n\n");
    CHECK_CONTAINS(call({"hint", "03"}).output, "The tool.");
    CHECK_CONTAINS(site.ask("POST", exercise + "/hint").body, "Nearly the line.");

    const Json error = verdict_on(site, "int main() { return potatoes; }\n");
    CHECK(error["right"] == false);
    CHECK_CONTAINS(error["text"].get<std::string>(), "It does not compile. Line 1:");

    const Json right = verdict_on(site, FreshExercise::read(fresh.solution()));
    CHECK(right["right"] == true);
    CHECK_CONTAINS(right["text"].get<std::string>(), "Right. It took 2.0s of simulated time");
    CHECK(site.ask("GET", exercise).json()["done"] == true);
    CHECK_CONTAINS(call({}).output, "1 of 1 done");
  }

  TEST_CASE("a check without a file checks the starter") {
    const FreshExercise fresh;
    SiteSession site;
    const Json events = site.all_events(site.start(check));
    CHECK(events.back()["right"] == false);
    CHECK(fs::exists(fresh.mine()));
  }

  TEST_CASE("an exercise that never ends, prints forever, eats memory or leaves others behind") {
    const FreshExercise fresh;
    SiteSession site;
    const std::string head =
        "#include <signal.h>\n#include <sys/syscall.h>\n#include <unistd.h>\n#include "
        "<cstdio>\n#include <cstdlib>\nint main() {\n";
    for (const auto& [body, sentence] : std::vector<std::pair<std::string, std::string>>{
             {"for (;;) {}", "It used 2 s of processor time"},
             {"for (;;) pause();",
              "It waited in a way the simulated clock does not support: in pause"},
             {"for (;;) std::puts(\"x\");", "It printed more than 1 MB"},
             // (More than the limit at once: memory is filled as it is handed out, and on a busy
             // machine filling 600 MB alone has taken the 2 s.)
             {"for (;;) new char[1100 << 20];",
              "std::bad_alloc. It is allowed 1024 MB of memory at most."},
             {"fork();", "It uses fork (another process)"},
             {"system(\"setsid sleep 1000 &\");", "It uses system (another process)"},
             {"if (syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) == 0) { setsid(); for (;;) pause(); }",
              "It left a process behind, which was killed."}}) {
      CAPTURE(body);
      const Json verdict = verdict_on(site, head + body + "\n}\n");
      CHECK(verdict["right"] == false);
      std::string text = verdict["text"];
      std::ranges::replace(text, '\n', ' ');
      CHECK_CONTAINS(text, sentence);
      CHECK(shared_checkout().processes().empty());
    }
  }

  TEST_CASE("a file that was changed elsewhere is not overwritten") {
    const FreshExercise fresh;
    SiteSession site;
    const auto save = [&](const std::string& text, const Json& version) {
      return site.ask("PUT", exercise, Json{{"text", text}, {"version", version}}.dump());
    };
    const Json none = site.ask("GET", exercise).json()["version"];
    fresh.write("by an editor\n");
    const Answer created = save("mine\n", none);
    CHECK(created.status == 409);
    CHECK(created.json()["text"] == "by an editor\n");
    CHECK_CONTAINS(created.json()["error"].get<std::string>(), "changed elsewhere");
    CHECK(FreshExercise::read(fresh.mine()) == "by an editor\n");

    const Answer saved = save("mine ü\n", created.json()["version"]);
    CHECK(saved.status == 200);
    CHECK(FreshExercise::read(fresh.mine()) == "mine ü\n");
    CHECK(save("another page's\n", created.json()["version"]).status == 409);
    fs::remove(fresh.mine());
    const Answer removed = save("again\n", saved.json()["version"]);
    CHECK(removed.status == 409);
    CHECK_FALSE(fs::exists(fresh.mine()));
    CHECK(save("again\n", removed.json()["version"]).status == 200);
    // Nothing else is in the folder.
    CHECK(std::distance(fs::directory_iterator(fresh.folder()), fs::directory_iterator()) == 1);
  }

  TEST_CASE("a save keeps the permissions, and writes through no link") {
    const FreshExercise fresh;
    SiteSession site;
    fresh.write("before");
    fs::permissions(fresh.mine(), fs::perms::owner_all);
    const Json save{{"text", "after"}, {"version", site.ask("GET", exercise).json()["version"]}};
    CHECK(site.ask("PUT", exercise, save.dump()).status == 200);
    CHECK(fs::status(fresh.mine()).permissions() == fs::perms::owner_all);

    const workbook::TemporaryFolder elsewhere;
    const fs::path file = elsewhere.path() / "file.cpp";
    workbook::write_file(file, "elsewhere");
    fs::remove(fresh.mine());
    fs::create_symlink(file, fresh.mine());
    for (const std::string& version : {std::string("none"), save["version"].get<std::string>()}) {
      const Answer answer =
          site.ask("PUT", exercise, Json{{"text", "x"}, {"version", version}}.dump());
      CHECK(answer.status == 409);
      CHECK_CONTAINS(answer.body, "is a symbolic link");
    }
    CHECK(site.ask("GET", exercise).status == 409);
    CHECK(FreshExercise::read(file) == "elsewhere");
    CHECK(fs::is_symlink(fresh.mine()));
  }

  TEST_CASE("a page does not get a file that it would spoil") {
    const FreshExercise fresh;
    SiteSession site;
    fresh.write("\xff");
    const Answer answer = site.ask("GET", exercise);
    CHECK(answer.status == 409);
    CHECK_CONTAINS(answer.body, "is not UTF-8");
    fs::remove(fresh.mine());
    fs::create_directory(fresh.mine());
    CHECK(site.ask("GET", exercise).status == 409);
  }

  // --- Crowds ---

  TEST_CASE("a thousand who say nothing, and one who says it slowly") {
    rlimit files{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &files) == 0);
    const rlimit more{std::min<rlim_t>(files.rlim_max, 4096), files.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &more) == 0);
    {
      SiteSession site;
      auto slow = site.connect();
      asio::write(slow, asio::buffer("GET / HT", 8));
      std::vector<SiteSession::Socket> idle;
      for (int i = 0; i < 1000; ++i) idle.push_back(site.connect());
      // The server has no room for all of them, and drops them after a while.
      const auto deadline = std::chrono::steady_clock::now() + patience;
      Answer answer;
      while (answer.status == 0 && std::chrono::steady_clock::now() < deadline) {
        answer = site.ask("GET", "/");
      }
      CHECK(answer.status == 200);
      CHECK(of_type(site.all_events(site.start(run("01-one", {"async"}))), "line").size() == 1);
      const std::string said = site.rest_of(slow);
      CHECK(said.starts_with("HTTP/1.1 408 "));
      CHECK_CONTAINS(said, "the request takes too long");
      CHECK(site.session().running());
    }
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &files) == 0);
  }

  // --- The call ---

  TEST_CASE("a port that is taken is said") {
    SiteSession site;
    const std::string port = site.host().substr(site.host().find(':') + 1);
    Session second({WORKBOOK_BUILD "/workbook", "serve", "--as-built", "--port", port},
                   Checkout::environment({{"WORKBOOK_CHECKOUT", shared_checkout().root().string()},
                                          {"WORKBOOK_BUILD", shared_checkout().build().string()}}));
    CHECK(second.wait() == 1);
    CHECK_CONTAINS(second.output(), fmt::format("Port {} is in use.", port));
  }
}
