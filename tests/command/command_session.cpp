#include "command_session.hpp"

#include <sys/ioctl.h>

#include <algorithm>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/write.hpp>
#include <exception>
#include <fstream>
#include <iterator>

#include "caught.hpp"
#include "process_tree.hpp"

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using namespace workbook;

Session::Session(const Words& command, const Environment& environment) {
  ProcessOptions options;
  options.input = Input::terminal;
  options.output = Output::terminal();
  options.errors = Output::terminal();
  options.environment = environment;
  child_.emplace(loop_.get_executor(), command, options);
  asio::co_spawn(loop_, read(), rethrow);
  asio::co_spawn(loop_, child_->wait(), [this](std::exception_ptr, ProcessEnd end) { end_ = end; });
}

void Session::expect(const std::string& text) {
  run_until([&] { return printed(text) || (end_ && closed_); });
  if (!printed(text)) FAIL("\"", text, "\" was not printed, but:\n", output_);
}

std::string Session::expect_next(const std::string& text) {
  const auto found = [&] { return output_.find(text, seen_); };
  run_until([&] { return found() != std::string::npos || (end_ && closed_); });
  if (found() == std::string::npos) {
    FAIL("\"", text, "\" was not printed, but:\n", output_.substr(seen_), "\n--- after:\n",
         output_.substr(0, seen_));
  }
  const std::string between = output_.substr(seen_, found() - seen_);
  seen_ += between.size() + text.size();
  return between;
}

void Session::wait_until(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool is_done = done();
  while (!is_done && std::chrono::steady_clock::now() < deadline) {
    loop_.restart();
    loop_.run_one_for(10ms);
    is_done = done();
  }
  if (!is_done) FAIL("It did not do what was waited for. It printed:\n", output_);
}

void Session::type(const std::string& text) {
  asio::write(child_->terminal(), asio::buffer(text));
}

void Session::resize(int columns, int rows) {
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = static_cast<unsigned short>(rows);
  REQUIRE(::ioctl(child_->terminal().native_handle(), TIOCSWINSZ, &size) == 0);
}

termios Session::settings() {
  termios settings{};
  REQUIRE(::tcgetattr(child_->terminal().native_handle(), &settings) == 0);
  return settings;
}

int Session::wait() {
  run_until([&] { return end_ && closed_; });
  if (!end_ || !closed_) FAIL("It did not end. It printed:\n", output_);
  return end_->code ? *end_->code : 128 + *end_->signal;
}

asio::awaitable<void> Session::read() {
  while (const std::size_t size = co_await child_->read_some(asio::buffer(buffer_))) {
    output_.append(buffer_.data(), size);
  }
  closed_ = true;
}

template <typename Condition>
void Session::run_until(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition() && std::chrono::steady_clock::now() < deadline) {
    loop_.restart();
    loop_.run_one_until(deadline);
  }
}

const fs::path& state_folder() {
  static const TemporaryFolder folder("workbook-state");
  return folder.path();
}

Checkout::Checkout() : parent_("the workbook"), root_(parent_.path() / "check out") {
  fs::copy(fs::path(WORKBOOK_SOURCE) / "tests" / "command" / "checkout", root_,
           fs::copy_options::recursive);
  fs::copy_file(fs::path(WORKBOOK_SOURCE) / "workbook", root_ / "workbook");
}

Checkout::~Checkout() {
  make_writable(true);
}

Words Checkout::command(const Words& words) const {
  Words result{(root_ / "workbook").string()};
  result.insert(result.end(), words.begin(), words.end());
  return result;
}

Environment Checkout::environment(const Environment& more) {
  Environment result{{"WORKBOOK_COMMAND", WORKBOOK_BUILD "/workbook"},
                     {"WORKBOOK_VIRTUAL_TIME", WORKBOOK_VIRTUAL_TIME},
                     {"WORKBOOK_CMAKE", WORKBOOK_SOURCE "/cmake"},
                     {"XDG_STATE_HOME", state_folder().string()},
                     {"CXX", WORKBOOK_COMPILER},
                     {"TERM", "xterm"},
                     {"NO_COLOR", std::nullopt},
                     {"COLUMNS", std::nullopt}};
  result.insert(result.end(), more.begin(), more.end());
  return result;
}

void Checkout::move_to(const std::string& name) {
  fs::rename(root_, parent() / name);
  root_ = parent() / name;
}

void Checkout::make_writable(bool writable) {
  const auto how = writable ? fs::perm_options::add : fs::perm_options::remove;
  std::error_code ignored;
  fs::permissions(root_, fs::perms::owner_write, how, ignored);
  for (const auto& entry : fs::recursive_directory_iterator(root_, ignored)) {
    if (entry.is_directory()) fs::permissions(entry, fs::perms::owner_write, how, ignored);
  }
}

std::vector<std::string> Checkout::processes() const {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::error_code error;
    const fs::path folder = fs::read_symlink(entry.path() / "cwd", error);
    const fs::path program = fs::read_symlink(entry.path() / "exe", error);
    for (const fs::path& path : {folder, program}) {
      if (path.string().starts_with(parent().string())) found.push_back(entry.path().string());
    }
  }
  return found;
}

const Checkout& shared_checkout() {
  static const Checkout checkout;
  return checkout;
}

Result call(const Words& words, const Environment& environment) {
  Session session(shared_checkout().command(words), Checkout::environment(environment));
  const int status = session.wait();
  return {status, session.output()};
}

Words shell(const Checkout& checkout, const std::string& line, const Words& words) {
  Words result{"sh", "-c", line, "sh"};
  for (const std::string& word : checkout.command(words)) result.push_back(word);
  return result;
}

std::string FreshExercise::read(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void FreshExercise::write(const std::string& text) const {
  fs::create_directories(folder());
  std::ofstream(mine()) << text;
}

fs::path FreshExercise::progress() const {
  for (const auto& entry : fs::directory_iterator(state_folder() / "workbook")) {
    if (entry.path().extension() == ".json") return entry.path();
  }
  return {};
}

void FreshExercise::forget() const {
  std::error_code ignored;
  fs::remove_all(folder(), ignored);
  fs::remove_all(state_folder() / "workbook", ignored);
}

bool is_running(pid_t process) {
  const auto threads = threads_of(process);
  return std::any_of(threads.begin(), threads.end(), [&](const Process& thread) {
    return thread.id == process && !thread.has_ended;
  });
}

bool has_gone(pid_t process) {
  const auto deadline = std::chrono::steady_clock::now() + 5s;
  while (is_running(process) && std::chrono::steady_clock::now() < deadline) {
  }
  return !is_running(process);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
