#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/signal_set.hpp>
#include <asio/use_awaitable.hpp>
#include <cctype>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "check.hpp"
#include "commands.hpp"
#include "file_watch.hpp"
#include "notice.hpp"
#include "show_help.hpp"
#include "terminal_keys.hpp"

namespace workbook {
namespace {

using namespace asio::experimental::awaitable_operators;

// Watches one exercise. Four loops share its state: one follows the file, one checks, one obeys the
// keys, one keeps the screen. Each informs the others by changing the state.
class ExerciseWatch {
 public:
  // Null `keys`: there are none.
  ExerciseWatch(asio::any_io_executor executor, Context& context,
                const std::vector<Lesson>& lessons, const Lesson& lesson, Progress& progress,
                TerminalKeys* keys, bool poll)
      : context_(context),
        console_(context.console),
        lessons_(lessons),
        lesson_(lesson),
        progress_(progress),
        keys_(keys),
        files_(context.checkout, lesson),
        exercise_(load_exercise(lesson.folder)),
        copied_(put_starter(files_)),
        file_watch_(executor, files_.mine, poll),
        screen_signals_(executor, SIGWINCH, SIGCONT) {}

  // Runs until the learner goes on to another exercise, which is returned, or quits; then it
  // returns null.
  asio::awaitable<const Lesson*> run() {
    if (!console_.has_screen()) say_heading();
    become(State::checking);
    const auto result = co_await (caught(follow_file()) || caught(check_when_ordered()) ||
                                  caught(obey_keys()) || caught(keep_screen()));
    const auto error = std::visit([](const std::exception_ptr& value) { return value; }, result);
    if (error) std::rethrow_exception(error);
    co_return next_;
  }

 private:
  enum class State { gone, checking, judged, failed };
  // What is shown below the verdict, or instead of it.
  enum class View { verdict, hints, question, solution, lessons, compiler_log, no_next };

  // --- The file and its checks ---

  asio::awaitable<void> follow_file() {
    while (true) {
      co_await file_watch_.changed();
      std::error_code error;
      become(std::filesystem::exists(files_.mine, error) ? State::checking : State::gone);
    }
  }

  void become(State state) {
    state_ = state;
    view_ = View::verdict;
    news_ = true;
    ordered_.give();
    draw();
  }

  asio::awaitable<void> check_when_ordered() {
    while (true) {
      if (std::exchange(news_, false) && state_ == State::checking) {
        const auto result = co_await (caught(check()) || news());
        const auto ours = co_await asio::this_coro::cancellation_state;
        if (ours.cancelled() != asio::cancellation_type::none) co_return;
        if (result.index() == 0 && !news_) conclude(std::get<0>(result));
      }
      co_await news();
    }
  }

  // Waits until the state was changed from outside.
  asio::awaitable<void> news() {
    while (!news_) co_await ordered_.wait();
  }

  asio::awaitable<void> check() { result_ = co_await check_exercise(context_, lesson_); }

  void conclude(const std::exception_ptr& error) {
    state_ = State::judged;
    if (error) {
      state_ = State::failed;
      failure_ = sentence(error);
    }
    draw();
    if (!error) remember(result_.verdict(console_.width()), lesson_, progress_);
  }

  // What prevented a check, as a sentence. An exception that ends the command is rethrown.
  static std::string sentence(const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const Interrupted&) {
      throw;
    } catch (const OutputClosed&) {
      throw;
    } catch (const std::exception& failure) {
      return sentence_of(failure);
    }
  }

  // --- The keys ---

  asio::awaitable<void> obey_keys() {
    Notice never;
    while (keys_ == nullptr) co_await never.wait();
    while (true) {
      const char typed = co_await keys_->next();
      const int key = std::tolower(static_cast<unsigned char>(typed));
      constexpr int end_of_input = 4;  // Ctrl-D
      if (key == 'q' || key == end_of_input) co_return;
      if (key == 'n' && go_on()) co_return;
      obey(key);
    }
  }

  void obey(int key) {
    if (view_ == View::question) {
      show(key == 'y' ? View::solution : View::verdict);
    } else if (key == 'h') {
      hints_ = next_hint(exercise_, lesson_, progress_);
      show(View::hints);
    } else if (key == 's') {
      show(progress_.of(lesson_.name).done ? View::solution : View::question);
    } else if (key == 'n') {
      show(View::no_next);
    } else if (key == 'l') {
      show(View::lessons);
    } else if (key == 'c' && has_compiler_log()) {
      show(View::compiler_log);
    } else if ((key == '\n' || key == '\r') && state_ != State::gone && state_ != State::checking) {
      become(State::checking);
    }
  }

  // Chooses the exercise after this one, or else the first that is not done; false if there is
  // none.
  bool go_on() {
    const auto next = std::ranges::find_if(lessons_, [this](const Lesson& lesson) {
      return lesson.number > lesson_.number && has_exercise(lesson);
    });
    next_ = next != lessons_.end() ? &*next : choose_exercise(lessons_, {}, progress_);
    if (next_ == &lesson_) next_ = nullptr;
    return next_ != nullptr;
  }

  bool has_compiler_log() const { return state_ == State::judged && result_.compile_error; }

  // --- The screen ---

  asio::awaitable<void> keep_screen() {
    while (true) {
      const int signal = co_await screen_signals_.async_wait(asio::use_awaitable);
      if (!console_.has_screen()) continue;
      if (signal == SIGCONT) {
        if (keys_ != nullptr) keys_->resume();
        console_.new_screen();
      }
      // The output that explains the failure is above its sentence, and would be erased.
      if (state_ == State::failed) {
        become(State::checking);
      } else {
        draw();
      }
    }
  }

  void show(View view) {
    view_ = view;
    draw();
  }

  void draw() {
    console_.done();
    if (console_.has_screen() && state_ != State::failed) {
      console_.clear_screen();
      say_heading();
    }
    if (view_ == View::verdict || view_ == View::hints || view_ == View::question) say_state();
    say_view();
    if (keys_ != nullptr) say_keys();
  }

  void say_heading() {
    console_.say(
        lesson_.title.empty() ? lesson_.name : fmt::format("{}: {}", lesson_.name, lesson_.title),
        Style::bold);
    console_.say((copied_ ? "The starter is now in " : "Your file: ") + files_.mine.string(),
                 Style::dim);
    if (!file_watch_.why_polling().empty()) {
      console_.say(fmt::format("It is read ten times a second, {}.", file_watch_.why_polling()),
                   Style::dim);
    }
    if (keys_ == nullptr) {
      console_.say("Standard input is not a terminal, so there are no keys; Ctrl-C ends this.",
                   Style::dim);
    }
    console_.print("\n");
    console_.say(exercise_.task);
    console_.print("\n");
  }

  void say_state() {
    switch (state_) {
      case State::gone:
        console_.say(
            fmt::format("{} is not there. It is checked when it comes back; ./workbook "
                        "start {:02} puts the starter there.",
                        files_.mine_shown, lesson_.number));
        console_.print("\n");
        break;
      case State::checking:
        console_.say("Checking …");
        if (keys_ != nullptr) console_.print("\n");
        break;
      case State::failed:
        console_.say(failure_, Style::red);
        console_.print("\n");
        break;
      case State::judged:
        const Verdict verdict = result_.verdict(console_.width());
        show_verdict(console_, verdict);
        if (view_ == View::verdict) say_what_is_next(verdict.passed);
        break;
    }
  }

  void say_what_is_next(bool passed) {
    if (passed) {
      if (const Lesson* next = lesson_after(lessons_, lesson_)) {
        const bool key = keys_ != nullptr && has_exercise(*next);
        console_.say(
            fmt::format("Next: {}{}", how_to_begin(*next), key ? ", and n for its exercise." : ""));
      } else {
        console_.say("That was the last lesson.");
      }
    } else if (keys_ == nullptr) {
      console_.say("Next: change it and save it.");
    } else {
      const std::string hint = next_hint_name(progress_.of(lesson_.name).hints);
      console_.say(hint.empty()
                       ? "Next: change it and save it. h shows the hints again, s the solution."
                       : fmt::format("Next: change it and save it. h gives {} hint.", hint));
    }
    console_.print("\n");
  }

  void say_view() {
    switch (view_) {
      case View::verdict:
        return;
      case View::hints:
        show_hints(console_, exercise_, lesson_, hints_);
        if (hints_.end < static_cast<int>(exercise_.hints.size())) return;
        console_.say("There are no more. s shows the solution.", Style::dim);
        break;
      case View::question:
        console_.say(
            "This exercise is not done yet. Show its solution all the same? y shows it, "
            "any other key does not.");
        break;
      case View::solution:
        show_solution(console_, files_);
        break;
      case View::lessons:
        show_lessons(context_, lessons_, progress_);
        return;
      case View::compiler_log:
        console_.print(result_.compiler_said);
        break;
      case View::no_next:
        console_.say(progress_.of(lesson_.name).done ? "All exercises are done."
                                                     : "All other exercises are done.");
        break;
    }
    console_.print("\n");
  }

  // On as many lines as it takes: a key and its word stay together.
  void say_keys() {
    std::vector<std::pair<std::string, std::string>> keys{
        {"h", "hint"}, {"s", "solution"}, {"n", "next"}, {"l", "list"}};
    if (has_compiler_log()) keys.emplace_back("c", "compiler's messages");
    keys.emplace_back("Enter", "check again");
    keys.emplace_back("q", "quit");
    int column = 0;
    for (const auto& [key, meaning] : keys) {
      const std::string gap = column == 0 ? "" : "  ";
      const int width = columns(gap) + columns(key) + 1 + columns(meaning);
      const bool fits = column == 0 || column + width <= console_.width();
      console_.print((fits ? gap : "\n") + console_.styled(Style::bold, key) + " " +
                     console_.styled(Style::dim, meaning));
      column = fits ? column + width : width - columns(gap);
    }
    console_.print("\n");
  }

  Context& context_;
  Console& console_;
  const std::vector<Lesson>& lessons_;
  const Lesson& lesson_;
  Progress& progress_;
  TerminalKeys* keys_;
  const ExerciseFiles files_;
  const Exercise exercise_;
  const bool copied_;
  FileWatch file_watch_;
  asio::signal_set screen_signals_;

  State state_ = State::checking;
  bool news_ = false;    // the state was changed, which ends a check
  Notice ordered_;       // given when there is news
  CheckResult result_;   // of State::judged
  std::string failure_;  // of State::failed
  View view_ = View::verdict;
  HintRange hints_;  // of View::hints
  const Lesson* next_ = nullptr;
};

}  // namespace

asio::awaitable<int> watch(Context& context, WatchArguments options) {
  Console& console = context.console;
  Progress progress(context.checkout, console);
  const std::vector<Lesson> lessons = find_lessons(context.checkout);
  const Lesson* first = choose_exercise(lessons, options.lesson, progress);
  if (first == nullptr) {
    console.say(
        fmt::format("All exercises are done. To do one again, name it: ./workbook watch "
                    "{:02}",
                    lessons.front().number));
    co_return 0;
  }
  const auto executor = co_await asio::this_coro::executor;
  const auto watch_all = [&]() -> asio::awaitable<void> {
    std::optional<TerminalKeys> keys;
    if (TerminalKeys::can_be_read()) keys.emplace(executor, context.supervisor);
    console.new_screen();
    for (const Lesson* lesson = first; lesson != nullptr;) {
      ExerciseWatch exercise(executor, context, lessons, *lesson, progress, keys ? &*keys : nullptr,
                             options.poll);
      lesson = co_await exercise.run();
    }
  };
  co_await context.supervisor.interruptible(watch_all());
  co_return 0;
}

}  // namespace workbook
