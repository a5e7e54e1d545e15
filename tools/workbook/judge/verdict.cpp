#include "verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <sstream>
#include <utility>
#include <vector>

#include "comparison.hpp"
#include "compiler_log.hpp"
#include "seconds.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

// Another structure may look at the clock more often, or look up between two waits.
constexpr auto tolerance = 50ms;

std::string seconds(nanoseconds time) {
  return fmt::format("{:.1f}s", in_seconds(time));
}

// When the span's lines were printed; nothing for those that were not.
struct Seen {
  const Span* span;
  std::optional<nanoseconds> begin;
  std::optional<nanoseconds> end;
};

std::vector<Seen> look_for(const std::vector<Span>& spans, const ProgramRun& run) {
  std::vector<Seen> seen;
  for (const Span& span : spans) {
    Seen found{&span, std::nullopt, std::nullopt};
    for (const PrintedLine& line : run.lines) {
      if (line.to_stderr) continue;
      if (!found.begin && line.text.starts_with(span.begin)) found.begin = line.time;
      if (!found.end && line.text.starts_with(span.end)) found.end = line.time;
    }
    seen.push_back(found);
  }
  return seen;
}

// "kettle and toaster did not overlap" for the first two that came, one after the other.
std::optional<std::string> separate_spans(const std::vector<Seen>& seen) {
  for (std::size_t i = 0; i < seen.size(); ++i) {
    for (std::size_t j = i + 1; j < seen.size(); ++j) {
      const Seen& one = seen[i];
      const Seen& other = seen[j];
      if (!one.begin || !one.end || !other.begin || !other.end) continue;
      // Times that differ only by readings of the clock do not overlap either.
      if (*one.begin + 1ms < *other.end && *other.begin + 1ms < *one.end) continue;
      return fmt::format("{} and {} did not overlap", one.span->name(), other.span->name());
    }
  }
  return std::nullopt;
}

// "kettle, toaster and pan"
std::string enumerated(const std::vector<Span>& spans) {
  std::string names;
  for (std::size_t i = 0; i < spans.size(); ++i) {
    names += i == 0 ? "" : i + 1 == spans.size() ? " and " : ", ";
    names += spans[i].name();
  }
  return names;
}

// A program without its comments. (It does not matter here that a string may contain two slashes.)
std::string without_comments(std::string_view source) {
  static const std::regex comment("//[^\n]*");
  return std::regex_replace(std::string(source), comment, "");
}

// What to try when lines are missing although the program ended well.
std::string on_lost_exception(const ProgramRun& run, const Expectation& expected,
                              std::string_view source) {
  if (!only_lacks_lines(expected.output, run.output)) return {};
  if (without_comments(source).find("detached") == std::string::npos) return {};
  return " An exception may be lost: asio::detached ignores what a task throws. Give co_spawn a "
         "handler that rethrows it, and you will see it.";
}

// A line that came at another time than expected.
struct MovedLine {
  std::string text;
  nanoseconds time;
  nanoseconds due;

  // "\"toast\" came after 0.0s, expected after 2.0s"
  std::string told() const {
    return fmt::format("\"{}\" came after {}, expected after {}", text, seconds(time),
                       seconds(due));
  }
};

// The first of those that came too early. Lines are recognised by their words, because they may
// have changed places.
std::optional<MovedLine> first_early_line(const ProgramRun& run, const Expectation& expected) {
  if (!expected.times) return std::nullopt;
  std::multimap<std::string, nanoseconds> due;
  std::istringstream lines(expected.output);
  std::size_t i = 0;
  for (std::string line; std::getline(lines, line) && i < expected.times->lines.size(); ++i) {
    due.emplace(line, expected.times->lines[i]);
  }
  for (const PrintedLine& line : run.lines) {
    const auto found = line.to_stderr ? due.end() : due.find(line.text);
    if (found == due.end()) continue;
    const nanoseconds time = found->second;
    due.erase(found);
    if (line.time + tolerance < time) return MovedLine{line.text, line.time, time};
  }
  return std::nullopt;
}

// ", while rye and cake were still under way": the spans that had begun and not ended.
std::string under_way(const std::vector<Seen>& seen, nanoseconds time) {
  std::vector<Span> spans;
  for (const Seen& span : seen) {
    // (A span that begins at that very moment, perhaps on another thread, may begin before or
    // after.)
    if (span.begin && *span.begin + 1ms < time && (!span.end || *span.end > time + 1ms)) {
      spans.push_back(*span.span);
    }
  }
  if (spans.empty()) return {};
  return fmt::format(", while {} {} still under way", enumerated(spans),
                     spans.size() == 1 ? "was" : "were");
}

// Questions that the source of a program that failed suggests.
std::vector<std::string> remarks_on(const ProgramRun& run, const Expectation& expected,
                                    std::string_view source) {
  const std::string code = without_comments(source);
  const auto has = [](std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(
        words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
  };
  std::vector<std::string> remarks;
  if (has(code, {"co_spawn", "async_wait"}) && !has(code, {"run(", "run_", "poll", "join("})) {
    remarks.emplace_back("Nothing calls run() on the loop, and without it no task runs.");
  }
  if (has(run.failure, {"SIGSEGV", "SIGABRT", "SIGBUS", "bad_alloc", "length_error"})) {
    remarks.emplace_back(
        "Does a coroutine use an object that no longer exists? Let it take its parameters by "
        "value. A lambda with captures must live as long as the coroutine it makes.");
  }
  if (has(run.failure, {"SIGILL"})) {
    remarks.emplace_back("Does a function reach its end without return or co_return?");
  }
  if (run.failure.empty() && has(code, {"asio::post("}) && run.output != expected.output &&
      same_lines_at_any_time(expected.output, run.output)) {
    remarks.emplace_back(
        "asio::post queues a handler ahead of timers that have expired but that run() has not "
        "looked at yet. A short timer lets them go first.");
  }
  return remarks;
}

// The facts that the rules use; several rules may use one.
struct Case {
  const ProgramRun& run;
  const Expectation& expected;
  const Exercise& exercise;
  std::string_view source;

  nanoseconds total{};                       // that is expected
  std::vector<Seen> seen{};                  // the spans
  std::optional<std::string> separate{};     // two of them that did not overlap
  std::optional<std::string> difference{};   // to the letter
  std::optional<std::string> wrong_lines{};  // the same, except for lines that may change places
  std::string late{};                        // lines that came at another time

  bool too_long() const { return run.total > total + tolerance; }
  bool too_short() const {
    return run.total + tolerance < total && same_lines_at_any_time(expected.output, run.output);
  }
  const Seen* unended() const {
    const auto found =
        std::ranges::find_if(seen, [](const Seen& span) { return span.begin && !span.end; });
    return found != seen.end() ? &*found : nullptr;
  }
  std::string beside() const { return difference.value_or(""); }
  std::string took() const {
    return fmt::format("It took {} of simulated time, {} expected", seconds(run.total),
                       seconds(total));
  }
};

Case examine(const ProgramRun& run, const Expectation& expected, const Exercise& exercise,
             std::string_view source, int width) {
  Case it{run, expected, exercise, source};
  it.total = run.total;
  it.seen = look_for(exercise.overlap, run);
  it.separate = separate_spans(it.seen);
  it.difference = difference(expected.output, run.output, width);
  it.wrong_lines = it.difference;
  if (!expected.times) return it;
  it.total = expected.times->total;
  it.late = lateness(run, *expected.times, tolerance);
  const auto but_for_ties =
      difference_but_for_ties(expected.output, expected.times->lines, run.output, width);
  // Lines that changed places are the right ones only if their times are.
  if (but_for_ties || it.late.empty()) it.wrong_lines = but_for_ties;
  return it;
}

// A program that waits for what it needs wakes a few times for each line; one that polls, every few
// milliseconds.
long most_moves(const Case& it) {
  return 40 + 10 * static_cast<long>(it.run.lines.size());
}

// What a verdict says: Verdict::sentence and Verdict::details.
struct Words {
  std::string sentence;
  std::string details{};
};

struct Rule {
  std::string_view name;
  bool (*applies)(const Case& it);
  Words (*words)(const Case& it);
};

// What can be wrong. The first rule that applies counts, so a cause comes before its effects.
constexpr Rule rules[] = {
    {"it failed", [](const Case& it) { return !it.run.failure.empty(); },
     [](const Case& it) {
       std::string sentence = it.run.failure;
       for (const Seen& span : it.seen) {
         if (!span.begin || span.end) continue;
         sentence += fmt::format(" {} began and did not end.", span.span->name());
       }
       // The sentence already has what is on stderr.
       const std::string said = last_words(it.run.errors) ? "" : complaints(it.run);
       return Words{sentence, it.beside() + said};
     }},

    // A cause before its effects: which thread sleeps, and in which order they print.
    {"it started threads",
     [](const Case& it) { return it.run.threads > 0 && !it.exercise.may_start_threads; },
     [](const Case& it) {
       const int threads = it.run.threads;
       return Words{
           fmt::format("It started {} thread{}, and the exercise asks for tasks that share "
                       "the main thread.",
                       threads, threads == 1 ? "" : "s")};
     }},

    {"the thread slept",
     [](const Case& it) { return it.run.slept > 0ns && !it.exercise.may_sleep; },
     [](const Case& it) {
       // A short sleep is shown with all digits.
       const double slept = in_seconds(it.run.slept);
       return Words{
           fmt::format("The thread slept for {:.{}f}s: a blocking wait stops the whole loop. "
                       "Wait with a timer and co_await.",
                       slept, slept < 0.05 ? 3 : 1)};
     }},

    {"it took too long: spans did not overlap",
     [](const Case& it) { return it.too_long() && it.separate; },
     [](const Case& it) { return Words{fmt::format("{}: {}.", it.took(), *it.separate)}; }},

    // Waits that follow each other cost more than a wait that is a little too long.
    {"it took too long: waits did not overlap",
     [](const Case& it) {
       return it.too_long() && it.exercise.overlap.empty() &&
              it.run.total > it.total + it.total / 5;
     },
     [](const Case& it) { return Words{it.took() + ": your waits did not overlap."}; }},

    {"it took too long", [](const Case& it) { return it.too_long(); },
     [](const Case& it) {
       return Words{it.took() + ": a task waits longer than necessary.", it.beside()};
     }},

    {"it does not wait", [](const Case& it) { return it.too_short() && it.run.total < tolerance; },
     [](const Case& it) {
       return Words{it.took() + ": it prints the right lines, but does not wait."};
     }},

    {"it took too short a time", [](const Case& it) { return it.too_short(); },
     [](const Case& it) {
       const auto early = first_early_line(it.run, it.expected);
       return Words{fmt::format("{}: a wait is missing, or too short{}.", it.took(),
                                early ? ". " + early->told() : ""),
                    it.beside()};
     }},

    {"a span did not end", [](const Case& it) { return it.unended() != nullptr; },
     [](const Case& it) {
       const Span& span = *it.unended()->span;
       return Words{fmt::format("\"{}\" was printed, \"{}\" was not.", span.begin, span.end) +
                        on_lost_exception(it.run, it.expected, it.source),
                    it.beside() + complaints(it.run)};
     }},

    {"spans did not overlap", [](const Case& it) { return it.separate.has_value(); },
     [](const Case& it) {
       return Words{fmt::format("It took {} of simulated time, but {}.", seconds(it.run.total),
                                *it.separate),
                    it.beside()};
     }},

    {"a line came too early",
     [](const Case& it) {
       return it.wrong_lines && same_lines_at_any_time(it.expected.output, it.run.output) &&
              first_early_line(it.run, it.expected);
     },
     [](const Case& it) {
       const auto early = first_early_line(it.run, it.expected).value();
       return Words{fmt::format("{}{}.", early.told(), under_way(it.seen, early.time)),
                    *it.wrong_lines + complaints(it.run)};
     }},

    {"other lines", [](const Case& it) { return it.wrong_lines.has_value(); },
     [](const Case& it) {
       std::string sentence = "It did not print what was expected.";
       if (it.run.output.empty()) sentence += " It printed nothing.";
       return Words{sentence + on_lost_exception(it.run, it.expected, it.source),
                    *it.wrong_lines + complaints(it.run)};
     }},

    {"other times", [](const Case& it) { return !it.late.empty(); },
     [](const Case& it) { return Words{it.late}; }},

    // The answers that break these print the right lines at the right times, but miss the point.
    {"the work is missing",
     [](const Case& it) { return it.run.held + tolerance < it.exercise.must_hold; },
     [](const Case& it) {
       return Words{
           fmt::format("The lines and their times are right, but the work held a thread "
                       "for {}, {} expected. Work cannot be replaced by a wait.",
                       seconds(it.run.held), seconds(it.exercise.must_hold))};
     }},

    {"it polls", [](const Case& it) { return it.run.moves > most_moves(it); },
     [](const Case& it) {
       return Words{
           fmt::format("The lines and their times are right, but it woke up {} times. "
                       "Something polls in small steps, instead of waiting "
                       "for what it needs.",
                       it.run.moves)};
     }},
};

// Warnings about a right answer.
std::vector<std::string> warnings_on(std::string_view source) {
  std::vector<std::string> warnings;
  if (without_comments(source).find("reset_cancellation_state()") != std::string::npos) {
    warnings.emplace_back(
        "Mind reset_cancellation_state() without arguments: the task forgets that it was "
        "cancelled. "
        "If its body had just ended successfully, the cancellation is lost.");
  }
  return warnings;
}

Verdict right(const ProgramRun& run, const Exercise& exercise, std::string_view source) {
  std::string sentence = fmt::format("Right. It took {} of simulated time", seconds(run.total));
  const std::string_view link = exercise.may_sleep || exercise.overlap.empty() ? " and" : ",";
  if (exercise.overlap.size() > 1) {
    sentence += fmt::format("{} {} overlapped", link, enumerated(exercise.overlap));
  }
  if (!exercise.may_sleep) sentence += " and no sleep blocked the main thread";
  return {true, sentence + ".", {}, warnings_on(source), {}};
}

// A line of the source, with its number.
std::string quoted_line(std::string_view source, int number) {
  for (int line = 1; line < number; ++line) {
    const auto end = source.find('\n');
    if (end == std::string_view::npos) return {};
    source.remove_prefix(end + 1);
  }
  return fmt::format("{:>5} | {}\n", number, source.substr(0, source.find('\n')));
}

}  // namespace

std::optional<Verdict> compile_verdict(std::string_view said, std::string_view file,
                                       std::string_view source) {
  auto error = first_error(said, file);
  if (!error) return std::nullopt;
  Verdict verdict;
  if (error->line == 0) {
    error->text.front() = 'E';
    verdict.sentence = fmt::format("It does not compile. {}", error->text);
  } else {
    verdict.sentence = fmt::format("It does not compile. Line {}: {}", error->line, error->text);
    verdict.details = quoted_line(source, error->line);
  }
  return verdict;
}

Verdict judge(const ProgramRun& run, const Expectation& expected, const Exercise& exercise,
              std::string_view source, int width) {
  const Case it = examine(run, expected, exercise, source, width);
  const auto rule =
      std::ranges::find_if(rules, [&it](const Rule& candidate) { return candidate.applies(it); });
  if (rule == std::end(rules)) return right(run, exercise, source);
  auto [sentence, details] = rule->words(it);
  return {false, std::move(sentence), std::move(details), remarks_on(run, expected, source),
          rule->name};
}

}  // namespace workbook
