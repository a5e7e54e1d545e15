#include "lesson_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <regex>
#include <stdexcept>

#include "caught.hpp"
#include "files.hpp"
#include "notice.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Json = nlohmann::json;

// Throws what from_json of the library throws: a sentence about the type that was found.
void read_arguments(const Json& json, RunSettings& settings) {
  if (const auto found = json.find("arguments"); found != json.end()) {
    settings.arguments = found->get<std::vector<std::string>>();
  }
}

// Whether the "clock" of a lesson, or of one program, is the real one.
bool reads_real_clock(const Json& json, const std::string& path) {
  const auto clock = json.at("clock").get<std::string>();
  if (clock != "real" && clock != "simulated") {
    throw std::runtime_error(fmt::format(
        "{}: there is no clock \"{}\". There are \"simulated\" and \"real\".", path, clock));
  }
  return clock == "real";
}

// The LESSON/PROGRAM that runs beside the lesson's programs; empty if there is none.
std::string read_companion(const Json& json, const char* role, const std::string& path) {
  const auto found = json.find(role);
  if (found == json.end()) return {};
  const auto name = found->get<std::string>();
  if (std::ranges::count(name, '/') != 1) {
    throw std::runtime_error(
        fmt::format("{}: the {} \"{}\" is not LESSON/PROGRAM, as in \"10-http-request/server\".",
                    path, role, name));
  }
  return name;
}

}  // namespace

std::string RunSettings::companion_target() const {
  std::string target = has_clients() ? clients : server;
  std::ranges::replace(target, '/', '.');
  return target;
}

RunSettings load_run_settings(const std::filesystem::path& folder, const std::string& program) {
  const auto path = folder / "run.json";
  RunSettings settings;
  const auto text = read_file(path);
  if (!text) return settings;
  try {
    const Json json = Json::parse(*text);
    settings.real_time = reads_real_clock(json, path.string());
    settings.timed = json.value("timed", true);
    read_arguments(json, settings);
    settings.server = read_companion(json, "server", path.string());
    settings.clients = read_companion(json, "clients", path.string());
    if (const auto programs = json.find("programs"); programs != json.end()) {
      if (const auto own = programs->find(program); own != programs->end()) {
        read_arguments(*own, settings);
        if (own->contains("clock")) settings.real_time = reads_real_clock(*own, path.string());
        settings.timed = own->value("timed", settings.timed);
        settings.may_be_refused = own->value("may_be_refused", "");
      }
    }
  } catch (const Json::exception& error) {
    throw std::runtime_error(
        fmt::format("{} does not say how to run {}: {}.", path.string(), program, error.what()));
  }
  if (!settings.real_time &&
      (settings.has_server() || settings.has_clients() || !settings.arguments.empty())) {
    throw std::runtime_error(fmt::format(
        "{}: a program with a server, clients or arguments runs in real time: the clock "
        "must be \"real\".",
        path.string()));
  }
  // The server itself is run by hand, or by us: without a server and without arguments.
  if (settings.has_server() && settings.server == folder.filename().string() + "/" + program) {
    settings.server.clear();
    settings.arguments.clear();
  }
  return settings;
}

std::vector<std::string> with_server(std::vector<std::string> arguments, const std::string& address,
                                     pid_t process) {
  const std::pair<std::string_view, std::string> known[] = {{"{server}", address},
                                                            {"{process}", std::to_string(process)}};
  for (std::string& argument : arguments) {
    for (const auto& [placeholder, text] : known) {
      if (const auto place = argument.find(placeholder); place != std::string::npos) {
        argument.replace(place, placeholder.size(), text);
      }
    }
  }
  return arguments;
}

bool was_refused(const RunSettings& settings, const ProgramRun& run) {
  return !settings.may_be_refused.empty() && run.failure.empty() && run.output.empty() &&
         run.errors.starts_with(settings.may_be_refused);
}

// Shared with the coroutine that reads what the server says, which ends some time after the server.
struct LessonServer::State {
  State(asio::any_io_executor executor, const std::filesystem::path& program,
        const std::vector<std::string>& arguments, const std::filesystem::path& folder,
        const Beside& beside)
      : name(program.filename().string()),
        process(executor, command_line(program, arguments), options(folder, beside.limits)),
        on_line(beside.on_line) {}

  static ProcessOptions options(const std::filesystem::path& folder, const ResourceLimits& limits) {
    ProcessOptions options;
    options.output = Output::terminal();
    options.errors = Output::terminal();
    options.folder = folder;
    options.limits = limits;
    options.limits.core_files = false;
    options.grace = 2s;
    return options;
  }

  static asio::awaitable<void> read(std::shared_ptr<State> state) {
    std::array<char, 4096> buffer;
    std::string text;
    while (const std::size_t size = co_await state->process.read_some(asio::buffer(buffer))) {
      const auto now = steady_clock::now();
      state->said += size;
      if (state->floods()) {
        state->process.send(SIGKILL);
        continue;
      }
      text.append(buffer.data(), size);
      for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
        state->add(now, text.substr(0, end));
        text.erase(0, end + 1);
      }
      state->changed.give();
    }
    if (!text.empty()) state->add(steady_clock::now(), text);
  }

  bool floods() const { return said > usual_output_limit; }

  void add(steady_clock::time_point now, std::string text) {
    lines.push_back({std::max(now - start, steady_clock::duration::zero()), false, text});
    if (on_line && lines.size() > 1) on_line(lines.back());
  }

  std::string name;
  ChildProcess process;
  Notice changed;  // given when there is something new below
  std::function<void(const PrintedLine&)> on_line;
  steady_clock::time_point start = steady_clock::time_point::max();  // of the run
  std::vector<PrintedLine> lines;                                    // the first is the address
  std::uintmax_t said = 0;                                           // in bytes
  bool closed = false;
  std::exception_ptr failure;  // of the coroutine that reads
  bool catches_sigterm = false;
};

LessonServer::LessonServer(asio::any_io_executor executor, const std::filesystem::path& program,
                           const std::vector<std::string>& arguments,
                           const std::filesystem::path& folder, const Beside& beside)
    : state_(std::make_shared<State>(executor, program, arguments, folder, beside)) {
  // An exception while it is read is thrown to the caller that next waits for the server.
  asio::co_spawn(executor, State::read(state_), [state = state_](std::exception_ptr error) {
    state->failure = error;
    state->closed = true;
    state->changed.give();
  });
}

LessonServer::~LessonServer() {
  state_->on_line = nullptr;  // the objects that it uses may end with us
  state_->process.end(SIGTERM, 10s);
}

asio::awaitable<std::string> LessonServer::address() {
  const auto deadline = steady_clock::now() + 60s;  // a broker takes some seconds to start
  while (state_->lines.empty() && !state_->closed && steady_clock::now() < deadline) {
    co_await state_->changed.wait(deadline);
  }
  rethrow(state_->failure);
  if (state_->lines.empty() && !state_->closed) {
    throw std::runtime_error(
        fmt::format("The lesson's {} did not print its address within a minute.", state_->name));
  }
  static const std::regex address(R"(127\.0\.0\.1:[0-9]+(,127\.0\.0\.1:[0-9]+)*|/[^\s]+)");
  const std::string first = state_->lines.empty() ? "" : state_->lines.front().text;
  if (!std::regex_match(first, address)) {
    throw std::runtime_error(
        first.empty()
            ? fmt::format("The lesson's {} ended before it had printed anything.", state_->name)
            : fmt::format("The lesson's {} did not print its address, but: {}", state_->name,
                          first));
  }
  state_->catches_sigterm = state_->process.catches(SIGTERM);
  co_return first;
}

pid_t LessonServer::process() const {
  return state_->process.id();
}

void LessonServer::begin() {
  state_->start = steady_clock::now();
}

asio::awaitable<std::vector<PrintedLine>> LessonServer::stop() {
  // Its clients may have told it to end, and it still serves the last of them: another signal would
  // cut that short.
  const bool is_told = state_->catches_sigterm && !state_->process.catches(SIGTERM);
  co_await state_->process.ask_to_end(is_told ? 0 : SIGTERM, 10s);
  while (!state_->closed) co_await state_->changed.wait();
  rethrow(state_->failure);
  std::vector<PrintedLine> result = state_->lines;
  if (!result.empty()) result.erase(result.begin());
  co_return result;
}

asio::awaitable<std::string> LessonServer::disorder() {
  const ProcessEnd end = co_await state_->process.wait();
  if (end.succeeded()) co_return std::string();
  if (state_->floods()) {
    co_return fmt::format("{} printed more than {} MB: an endless loop?", state_->name,
                          usual_output_limit >> 20);
  }
  // Its clients may have ended it with a signal before, and ours came when its handler was already
  // gone.
  if (end.signal == SIGTERM && state_->catches_sigterm) co_return std::string();
  co_return fmt::format("{}, told to end, {}.", state_->name, end.describe());
}

asio::awaitable<LessonRun> run_lesson(RunSettings settings, std::filesystem::path program,
                                      std::filesystem::path folder, std::filesystem::path build,
                                      RunProgram run, Beside beside) {
  LessonRun result;
  RunOptions options;
  options.folder = folder;
  options.arguments = settings.arguments;
  const auto executor = co_await asio::this_coro::executor;
  std::optional<LessonServer> server;
  std::exception_ptr failure;
  try {
    if (settings.has_clients()) {
      server.emplace(executor, program, settings.arguments, folder, beside);
      program = build / "lessons" / settings.clients;
      const std::string address = co_await server->address();
      options.arguments = {address, std::to_string(server->process())};
    } else if (settings.has_server()) {
      server.emplace(executor, build / "lessons" / settings.server, std::vector<std::string>(),
                     folder, beside);
      const std::string address = co_await server->address();
      options.arguments = with_server(settings.arguments, address, server->process());
    }
    if (server) server->begin();
    auto running = run(program, options);
    result.run = co_await std::move(running);
    if (server) result.server = co_await server->stop();
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure) {
    // A cancelled coroutine could not await the server's end: the destructor would wait for it, and
    // block the loop.
    co_await asio::this_coro::reset_cancellation_state();
    if (server) co_await server->stop();
    std::rethrow_exception(failure);
  }
  if (settings.has_clients() && result.run.failure.empty()) {
    result.run.failure = co_await server->disorder();
  }
  co_return result;
}

}  // namespace workbook
