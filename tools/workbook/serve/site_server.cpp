#include "site_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "../../../lessons/23-web-api/words.hpp"
#include "exercise_files.hpp"
#include "learners_file.hpp"
#include "lesson_run.hpp"
#include "lessons.hpp"
#include "page_jobs.hpp"
#include "progress.hpp"
#include "show_help.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

// The request cannot be answered: the status, and a sentence.
class Refused : public std::runtime_error {
 public:
  Refused(int status, const std::string& sentence)
      : std::runtime_error(sentence), status_(status) {}
  int status() const { return status_; }

 private:
  int status_;
};

http::Response json(const Json& body, int status = 200) {
  return http::json(body.dump(), status);
}

http::Response refusal(int status, std::string_view sentence) {
  const Json body{{"error", sentence}};
  return http::json(body.dump(-1, ' ', false, Json::error_handler_t::replace), status);
}

[[noreturn]] void nothing_there() {
  throw Refused(404, "There is nothing at this path.");
}

void require_method(const http::Request& request, std::string_view method) {
  if (request.method == method || (method == "GET" && request.method == "HEAD")) return;
  throw Refused(405, fmt::format("Only {} is allowed here.", method));
}

// "/api/jobs/3" is "jobs" and "3".
std::vector<std::string> words_of(std::string_view path) {
  std::vector<std::string> words;
  path.remove_prefix(std::string_view("/api/").size());
  while (!path.empty()) words.emplace_back(http::next_part(path, '/'));
  return words;
}

template <class Number>
Number parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw Refused(400, fmt::format("\"{}\" is not a number.", text));
  }
  return number;
}

// Only the whole name is accepted.
Lesson find_lesson(const Context& context, const std::string& name) {
  const std::vector<Lesson> lessons = find_lessons(context.checkout);
  const auto found = std::ranges::find(lessons, name, &Lesson::name);
  if (found == lessons.end()) throw Refused(404, "There is no lesson of this name.");
  return *found;
}

Lesson find_exercise(const Context& context, const std::string& name) {
  Lesson lesson = find_lesson(context, name);
  if (!has_exercise(lesson)) throw Refused(404, "This lesson has no exercise.");
  return lesson;
}

Json parse_body(const http::Request& request) {
  Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) throw Refused(400, "The request is not a JSON object.");
  return body;
}

// An entry of a request, which must be of this type.
template <class Value>
Value entry(const Json& body, const char* name) {
  try {
    return body.at(name).get<Value>();
  } catch (const Json::exception&) {
    throw Refused(400, fmt::format("The request has no \"{}\", or one of the wrong type.", name));
  }
}

template <class Value>
Value entry_or(const Json& body, const char* name, Value otherwise) {
  return body.contains(name) ? entry<Value>(body, name) : otherwise;
}

PageRun parse_run(const Json& body, Lesson lesson) {
  PageRun run;
  run.lesson = std::move(lesson);
  run.programs = entry<std::vector<std::string>>(body, "programs");
  run.together = entry_or(body, "together", false);
  run.arguments = entry_or(body, "arguments", run.arguments);
  const auto& known = run.lesson.programs;
  if (run.programs.empty() || run.programs.size() > known.size()) {
    throw Refused(400, "Which programs? Name at least one, and each only once.");
  }
  for (const std::string& program : run.programs) {
    if (std::ranges::find(known, program) == known.end()) {
      throw Refused(404, "The lesson has no program of this name.");
    }
    if (std::ranges::count(run.programs, program) > 1) {
      throw Refused(400, "Which programs? Name each only once.");
    }
  }
  for (const auto& [program, arguments] : run.arguments) {
    if (std::ranges::find(run.programs, program) == run.programs.end()) {
      throw Refused(400, "There are arguments for a program that is not to run.");
    }
    constexpr std::size_t most = 16;
    constexpr std::size_t longest = 256;
    const bool odd = std::ranges::any_of(arguments, [](const std::string& argument) {
      return argument.size() > longest || argument.find('\0') != std::string::npos;
    });
    if (odd || arguments.size() > most) {
      throw Refused(400,
                    "There are too many arguments, or one is too long or contains a zero byte.");
    }
  }
  return run;
}

void add_security_headers(http::Response& response) {
  auto& headers = response.headers;
  headers["Cache-Control"] = "no-cache";
  headers["X-Content-Type-Options"] = "nosniff";
  headers["Referrer-Policy"] = "no-referrer";
  headers["Cross-Origin-Resource-Policy"] = "same-origin";
  headers["Cross-Origin-Opener-Policy"] = "same-origin";
  // The timelines are drawn with style="…", and the editor makes its style sheet itself. A page
  // without the token compiles by itself, as on any other host.
  headers["Content-Security-Policy"] =
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
      "style-src 'self' 'unsafe-inline'; "
      "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
      "form-action 'self'; frame-ancestors 'none'";
}

// Fewer than lesson 23's, because the programs that are run also need open files.
constexpr Limits limits{.clients = 256, .patience = 5s, .farewell = 1s};

}  // namespace

SiteServer::SiteServer(asio::io_context& loop, Context& context, std::filesystem::path site,
                       unsigned short port)
    : context_(context),
      files_(std::move(site)),
      jobs_(loop.get_executor()),
      server_(
          loop, port, [this](http::Request request) { return answer(std::move(request)); }, limits),
      access_(server_.port()) {}

std::string SiteServer::address() const {
  return fmt::format("http://127.0.0.1:{}/#token={}", server_.port(), access_.token());
}

asio::awaitable<void> SiteServer::run() {
  return server_.run();
}

asio::awaitable<void> SiteServer::stop() {
  server_.stop();
  co_await jobs_.end();
}

asio::awaitable<http::Response> SiteServer::answer(http::Request request) {
  http::Response response;
  try {
    if (const auto why = access_.refusal(request)) throw Refused(403, *why);
    if (request.path.starts_with("/api/")) {
      response = co_await answer_api(request, words_of(request.path));
    } else {
      response = files_.answer(request);
    }
  } catch (const Refused& refused) {
    response = refusal(refused.status(), refused.what());
  } catch (const Failure& failure) {
    response = refusal(409, failure.what());
  } catch (const std::exception& error) {
    response = refusal(500, sentence_of(error));
  }
  add_security_headers(response);
  co_return response;
}

asio::awaitable<http::Response> SiteServer::answer_api(const http::Request& request,
                                                       std::vector<std::string> path) {
  const std::string of = path.empty() ? "" : path[0];
  if (of == "lessons" && path.size() == 2) {
    require_method(request, "GET");
    co_return describe_lesson(find_lesson(context_, path[1]));
  }
  if (of == "exercises" && path.size() == 2) {
    const Lesson lesson = find_exercise(context_, path[1]);
    if (request.method == "PUT") co_return write_exercise(lesson, request);
    require_method(request, "GET");
    co_return read_exercise(lesson);
  }
  if (of == "exercises" && path.size() == 3 && path[2] == "hint") {
    require_method(request, "POST");
    co_return give_hint(find_exercise(context_, path[1]));
  }
  if (of == "jobs" && path.size() == 1) {
    require_method(request, "POST");
    co_return start_job(request);
  }
  if (of != "jobs" || path.size() != 3) nothing_there();
  const auto job = jobs_.find(parse_number<int>(path[1]));
  if (!job) throw Refused(404, "There is no such job any more.");
  if (path[2] == "stop") {
    require_method(request, "POST");
    job->stop();
    co_return json(Json::object());
  }
  if (path[2] != "events") nothing_there();
  require_method(request, "GET");
  constexpr std::string_view after = "after=";
  if (!request.query.starts_with(after)) {
    throw Refused(400, "After which event? after=0 gives all of them.");
  }
  const auto seen = parse_number<std::size_t>(std::string_view(request.query).substr(after.size()));
  std::string events = co_await job->events_after(seen);
  co_return http::json(std::move(events));
}

http::Response SiteServer::describe_lesson(const Lesson& lesson) {
  Json arguments = Json::object();
  bool real_time = false;
  for (const std::string& program : lesson.programs) {
    const RunSettings settings = load_run_settings(lesson.folder, program);
    real_time = real_time || settings.real_time;
    arguments[program] = settings.arguments;
  }
  TextConsole console;
  Progress progress(context_.checkout, console);
  return json({{"programs", lesson.programs},
               {"runs_real_time", real_time},
               {"arguments", arguments},
               {"exercise", has_exercise(lesson)},
               {"done", progress.of(lesson.name).done}});
}

http::Response SiteServer::start_job(const http::Request& request) {
  const Json body = parse_body(request);
  const auto kind = entry<std::string>(body, "kind");
  const auto name = entry<std::string>(body, "lesson");
  Jobs::Work work;
  if (kind == "run") {
    work = [this, run = parse_run(body, find_lesson(context_, name))](Job& job) {
      return run_for_page(context_, run, job);
    };
  } else if (kind == "check") {
    work = [this, lesson = find_exercise(context_, name)](Job& job) {
      return check_for_page(context_, lesson, job);
    };
  } else {
    throw Refused(400, "The kind of a job is \"run\" or \"check\".");
  }
  if (jobs_.is_full()) {
    throw Refused(
        429,
        fmt::format("{} runs or checks are under way, and that is the limit: stop one, or wait.",
                    Jobs::most));
  }
  return json({{"job", jobs_.start(std::move(work))}}, 201);
}

http::Response SiteServer::read_exercise(const Lesson& lesson) {
  const ExerciseFiles files(context_.checkout, lesson);
  const LearnersText mine = load_learners_text(files);
  TextConsole console;
  Progress progress(context_.checkout, console);
  try {
    return json({{"path", files.mine_shown},
                 {"exists", mine.exists},
                 {"text", mine.text},
                 {"version", mine.version},
                 {"done", progress.of(lesson.name).done}});
  } catch (const Json::type_error&) {
    throw Refused(409,
                  fmt::format("{} is not UTF-8, so a page would spoil it: edit it in an editor.",
                              files.mine_shown));
  }
}

http::Response SiteServer::write_exercise(const Lesson& lesson, const http::Request& request) {
  const Json body = parse_body(request);
  const ExerciseFiles files(context_.checkout, lesson);
  const auto version = save_learners_text(files, entry<std::string>(body, "text"),
                                          entry<std::string>(body, "version"));
  if (version) return json({{"version", *version}});
  const LearnersText current = load_learners_text(files);
  return json(
      {{"error", fmt::format("{} was changed elsewhere in the meantime.", files.mine_shown)},
       {"text", current.text},
       {"version", current.version}},
      409);
}

http::Response SiteServer::give_hint(const Lesson& lesson) {
  const Exercise exercise = load_exercise(lesson.folder);
  TextConsole console;
  Progress progress(context_.checkout, console);
  show_hints(console, exercise, lesson, next_hint(exercise, lesson, progress));
  return json({{"text", console.text()}});
}

}  // namespace workbook
