// The command as a learner uses it: on its own terminal, in a small checkout.
#pragma once

#include <doctest/doctest.h>
#include <signal.h>
#include <termios.h>

#include <array>
#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "child_process.hpp"
#include "temporary_folder.hpp"

using Words = std::vector<std::string>;
using Environment = std::vector<workbook::EnvironmentChange>;

// Nothing takes this long, unless it is stuck.
inline constexpr std::chrono::seconds patience{180};

// A command on its own terminal.
class Session {
 public:
  explicit Session(const Words& command, const Environment& environment = {});

  const std::string& output() const { return output_; }
  bool printed(const std::string& text) const { return output_.find(text) != std::string::npos; }
  pid_t id() const { return child_->id(); }
  bool running() const { return !end_; }

  // Waits until the command has printed `text`.
  void expect(const std::string& text);
  // The same, after the place of the last wait; returns the output in between.
  std::string expect_next(const std::string& text);

  // Waits until `happened` is true of something that the command does elsewhere, by polling.
  void wait_until(const std::function<bool()>& done);

  void type(const std::string& text);
  void send(int signal) { ::kill(child_->id(), signal); }
  void resize(int columns, int rows);
  termios settings();

  // Waits for its end: the exit status.
  int wait();

 private:
  asio::awaitable<void> read();

  template <typename Condition>
  void run_until(Condition condition);

  asio::io_context loop_;
  std::optional<workbook::ChildProcess> child_;
  std::array<char, 4096> buffer_;
  std::string output_;
  std::size_t seen_ = 0;  // of the output, by expect_next
  std::optional<workbook::ProcessEnd> end_;
  bool closed_ = false;
};

// Where the commands remember progress.
const std::filesystem::path& state_folder();

// A copy of checkout/, whose lessons crash, wait and never end, in a folder with blanks.
class Checkout {
 public:
  Checkout();
  ~Checkout();
  Checkout(const Checkout&) = delete;
  Checkout& operator=(const Checkout&) = delete;

  const std::filesystem::path& parent() const { return parent_.path(); }
  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path build() const { return root_ / "build" / "dev"; }

  Words command(const Words& words) const;
  static Environment environment(const Environment& more = {});

  void move_to(const std::string& name);
  void make_writable(bool writable);

  // The processes that belong to this checkout.
  std::vector<std::string> processes() const;

 private:
  workbook::TemporaryFolder parent_;
  std::filesystem::path root_;
};

// Most tests share one, which is configured and built once.
const Checkout& shared_checkout();

struct Result {
  int status;
  std::string output;
};

// A whole command in the shared checkout.
Result call(const Words& words, const Environment& environment = {});

// A shell line, in which "$@" is the command.
Words shell(const Checkout& checkout, const std::string& line, const Words& words);

// The exercise of the shared checkout, as if it had not been started.
class FreshExercise {
 public:
  FreshExercise() { forget(); }
  ~FreshExercise() { forget(); }
  FreshExercise(const FreshExercise&) = delete;
  FreshExercise& operator=(const FreshExercise&) = delete;

  std::filesystem::path folder() const { return shared_checkout().root() / "my"; }
  std::filesystem::path mine() const { return folder() / "03-waits.cpp"; }
  std::filesystem::path solution() const {
    return shared_checkout().root() / "solutions" / "03-waits" / "exercise.cpp";
  }
  static std::string read(const std::filesystem::path& file);
  void write(const std::string& text) const;
  // The one file in which progress is kept.
  std::filesystem::path progress() const;

 private:
  void forget() const;
};

bool is_running(pid_t process);

// A process that got its signal may need a moment to die.
bool has_gone(pid_t process);

bool contains(const std::string& text, const std::string& part);

// (An expression that waits for a text must not be evaluated again for the message.)
#define CHECK_CONTAINS(text, part)                                                \
  do {                                                                            \
    const std::string& whole_text = (text);                                       \
    CHECK_MESSAGE(contains(whole_text, part), part, " is not in:\n", whole_text); \
  } while (false)
#define CHECK_LACKS(text, part)                                                \
  do {                                                                         \
    const std::string& whole_text = (text);                                    \
    CHECK_MESSAGE(!contains(whole_text, part), part, " is in:\n", whole_text); \
  } while (false)
