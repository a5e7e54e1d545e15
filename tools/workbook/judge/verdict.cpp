#include "verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "comparison.hpp"
#include "compiler_log.hpp"
#include "lines.hpp"
#include "remarks.hpp"
#include "seconds.hpp"
#include "source_text.hpp"
#include "wrong_lines.hpp"

namespace workbook {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

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

// ": rye and cake were still under way": the spans that had begun and not ended.
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
  return fmt::format(": {} {} still under way", enumerated(spans),
                     spans.size() == 1 ? "was" : "were");
}

// The facts that the rules use; several rules may use one.
struct Case {
  const ProgramRun& run;
  const Expectation& expected;
  const Exercise& exercise;
  std::string_view source;
  std::string_view code;  // without comments and texts

  nanoseconds total{};                       // that is expected
  std::vector<Seen> seen{};                  // the spans
  std::optional<std::string> separate{};     // two of them that did not overlap
  std::optional<std::string> difference{};   // to the letter
  std::optional<std::string> wrong_lines{};  // the same, except for lines that may change places
  std::string late{};                        // lines that came at another time
  std::optional<MovedLine> early_line{};     // the first that came too early
  std::optional<MovedLine> late_line{};      // the first that came too late
  std::optional<TextFault> gone{};           // what a coroutine uses

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
             std::string_view source, std::string_view code, int width) {
  Case it{run, expected, exercise, source, code};
  it.total = run.total;
  it.seen = look_for(exercise.overlap, run);
  it.separate = separate_spans(it.seen);
  it.difference = difference(expected.output, run.output, width);
  it.wrong_lines = it.difference;
  it.gone = dangling_coroutine(code);
  if (!it.gone) it.gone = buffer_of_local(code);
  if (!expected.times) return it;
  it.total = expected.times->total;
  it.late = lateness(run, *expected.times, tolerance);
  it.early_line = first_early_line(run, expected);
  it.late_line = first_late_line(run, expected);
  const auto but_for_ties =
      difference_but_for_ties(expected.output, expected.times->lines, run.output, width);
  // Lines that changed places are the right ones only if their times are.
  if (but_for_ties || it.late.empty()) it.wrong_lines = but_for_ties;
  return it;
}

// A program that waits for what it needs wakes one to three times for each line; one that polls,
// every few milliseconds.
long most_moves(const Case& it) {
  return 30 + 3 * static_cast<long>(it.run.lines.size());
}

// The first line on stdout that begins so; nullptr if there is none.
const PrintedLine* line_of(const ProgramRun& run, std::string_view beginning) {
  const auto line = std::ranges::find_if(run.lines, [&](const PrintedLine& printed) {
    return !printed.to_stderr && printed.text.starts_with(beginning);
  });
  return line != run.lines.end() ? &*line : nullptr;
}

// Two lines that must keep their order, and did not: "\"B\" was printed before \"A\"."
std::optional<std::string> changed_places(const Case& it) {
  for (const std::vector<std::string>& order : it.exercise.in_order) {
    const PrintedLine* last = nullptr;
    for (const std::string& beginning : order) {
      const PrintedLine* line = line_of(it.run, beginning);
      if (!line) continue;
      if (last && line < last) {
        return fmt::format("\"{}\" was printed before \"{}\", expected after it.", line->text,
                           last->text);
      }
      last = line;
    }
  }
  return std::nullopt;
}

// Two lines between which there was a wait, although the first one ends all that the second waits
// for: that wait was for a moment that was guessed.
std::optional<std::string> guessed(const Case& it) {
  for (const auto& [before, after] : it.exercise.at_once) {
    const PrintedLine* first = line_of(it.run, before);
    const PrintedLine* second = line_of(it.run, after);
    if (!first || !second || second->waits <= first->waits) continue;
    return fmt::format(
        "\"{}\" came at the right time, but not because of \"{}\": there was another wait in "
        "between. A timer only guesses when a task will end. Await the task itself.",
        second->text, first->text);
  }
  return std::nullopt;
}

// The first of the things that the text shows.
const InText* shown_by_text(const Case& it) {
  if (it.code.empty()) return nullptr;
  const auto found = std::ranges::find_if(it.exercise.in_text, [&](const InText& entry) {
    const int count = occurrences(it.code, entry.words);
    return count < entry.least || count > entry.most;
  });
  return found != it.exercise.in_text.end() ? &*found : nullptr;
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
    // What such a program prints, and whether it crashes, is chance.
    {"something is gone", [](const Case& it) { return it.gone && !it.run.refused; },
     [](const Case& it) { return Words{told(*it.gone)}; }},

    {"it is no coroutine",
     [](const Case& it) {
       return (crashed(it.run) || it.run.signal == "SIGILL") && no_coroutine(it.code);
     },
     [](const Case& it) {
       return Words{told(*no_coroutine(it.code)) + " " + it.run.failure, it.beside()};
     }},

    {"a lambda was destroyed twice",
     [](const Case& it) { return was_destroyed_twice(it.run, it.code); },
     [](const Case& it) {
       return Words{it.run.failure + " " + told(*lambda_destroyed_twice(it.code)), it.beside()};
     }},

    {"it failed", [](const Case& it) { return !it.run.failure.empty(); },
     [](const Case& it) {
       std::string sentence = it.run.failure + several_exceptions(it.run);
       for (const Seen& span : it.seen) {
         if (!span.begin || span.end) continue;
         sentence += fmt::format(" {} began and did not end.", span.span->name());
       }
       // The sentence already has what is on stderr.
       const std::string said = last_words(it.run.errors) ? "" : complaints(it.run);
       return Words{sentence, it.beside() + said};
     }},

    {"it printed no text", [](const Case& it) { return !is_text(it.run.output); },
     [](const Case& it) {
       return Words{
           "It printed bytes that are not text: it reads something that no longer exists, "
           "or was never set. Let a coroutine take its parameters by value. A lambda with captures "
           "must live as long as the coroutine it makes.",
           it.beside()};
     }},

    // A cause before its effects: which thread sleeps, and in which order they print.
    {"it started threads",
     [](const Case& it) { return it.run.threads > 0 && !it.exercise.may_start_threads; },
     [](const Case& it) {
       const int threads = it.run.threads;
       return Words{
           fmt::format("It started {} thread{}, but the exercise asks for tasks that share "
                       "the main thread.",
                       threads, threads == 1 ? "" : "s")};
     }},

    {"the thread slept",
     [](const Case& it) { return it.run.slept > 0ns && !it.exercise.may_sleep; },
     [](const Case& it) {
       // A short sleep is shown with all digits.
       const double slept = in_seconds(it.run.slept);
       const bool timer = has_any(it.code, {".wait()"}) && !has_any(it.code, {"sleep_"});
       return Words{
           fmt::format("The thread slept for {:.{}f}s: a blocking wait stops the whole loop. "
                       "Wait with a timer and co_await.{}",
                       slept, slept < 0.05 ? 3 : 1,
                       timer ? " The wait() of a timer blocks, async_wait() does not." : "")};
     }},

    {"it took time", [](const Case& it) { return it.too_long() && it.total < tolerance; },
     [](const Case& it) {
       return Words{it.took() + ": nothing in it should wait.", it.beside()};
     }},

    {"it took too long: spans did not overlap",
     [](const Case& it) { return it.too_long() && it.separate; },
     [](const Case& it) { return Words{fmt::format("{}: {}.", it.took(), *it.separate)}; }},

    {"it took too long: waits did not overlap",
     [](const Case& it) {
       return it.too_long() && it.exercise.overlap.empty() && it.late_line &&
              it.late_line->follows();
     },
     [](const Case& it) {
       return Words{it.took() + ": your waits did not overlap. " + it.late_line->told() + "."};
     }},

    {"it took too long", [](const Case& it) { return it.too_long(); },
     [](const Case& it) {
       std::string sentence = it.took() + ": a task waits longer than necessary.";
       if (it.late_line) {
         sentence += " " + it.late_line->told() + ".";
       } else if (same_lines_at_any_time(it.expected.output, it.run.output)) {
         sentence += fmt::format(" All lines came in time, and then it ran for another {}.",
                                 seconds(it.run.total - it.total));
       }
       return Words{sentence, it.beside()};
     }},

    {"it does not wait", [](const Case& it) { return it.too_short() && it.run.total < tolerance; },
     [](const Case& it) {
       return Words{it.took() + ": it prints the right lines, but does not wait."};
     }},

    {"it took too short a time", [](const Case& it) { return it.too_short(); },
     [](const Case& it) {
       return Words{fmt::format("{}: a wait is missing, or too short{}.", it.took(),
                                it.early_line ? ". " + it.early_line->told() : ""),
                    it.beside()};
     }},

    {"a span did not end", [](const Case& it) { return it.unended() != nullptr; },
     [](const Case& it) {
       const Span& span = *it.unended()->span;
       return Words{fmt::format("\"{}\" was printed, \"{}\" was not.", span.begin, span.end) +
                        on_lost_exception(it.run, it.expected, it.code) + last_exception(it.run),
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
              it.early_line;
     },
     [](const Case& it) {
       const MovedLine& early = *it.early_line;
       return Words{early.told() + under_way(it.seen, early.time) + ".",
                    *it.wrong_lines + complaints(it.run)};
     }},

    {"a line came too late",
     [](const Case& it) {
       return it.wrong_lines && same_lines_at_any_time(it.expected.output, it.run.output) &&
              it.late_line;
     },
     [](const Case& it) {
       return Words{it.late_line->told() + ".", *it.wrong_lines + complaints(it.run)};
     }},

    {"other lines", [](const Case& it) { return it.wrong_lines.has_value(); },
     [](const Case& it) {
       std::string sentence = "It did not print what was expected.";
       if (it.run.output.empty()) sentence += " It printed nothing.";
       sentence += on_lost_exception(it.run, it.expected, it.code);
       if (!it.run.output.empty()) sentence += broken_promise(it.exercise, it.expected, it.run);
       if (only_lacks_lines(it.expected.output, it.run.output)) sentence += last_exception(it.run);
       return Words{sentence, *it.wrong_lines + complaints(it.run)};
     }},

    {"other times", [](const Case& it) { return !it.late.empty(); },
     [](const Case& it) { return Words{it.late}; }},

    // The answers that break these print the right lines at the right times, but miss the point.
    {"lines changed places", [](const Case& it) { return changed_places(it).has_value(); },
     [](const Case& it) {
       return Words{*changed_places(it), it.beside()};
     }},

    {"it starts no task",
     [](const Case& it) {
       return !it.code.empty() && !it.exercise.may_sleep &&
              !has_any(it.code, {"co_spawn", "co_await", "async_", "post(", "dispatch(", "defer("});
     },
     [](const Case&) {
       return Words{
           "The lines and their times are right, but no task is given to the event loop: "
           "they are only printed."};
     }},

    {"the work is missing",
     [](const Case& it) { return it.run.held + tolerance < it.exercise.must_hold; },
     [](const Case& it) {
       return Words{
           fmt::format("The lines and their times are right, but the work held a thread "
                       "for {}, {} expected. Work cannot be replaced by a wait.",
                       seconds(it.run.held), seconds(it.exercise.must_hold))};
     }},

    // (The last one or two differ between a process and a page.)
    {"it polls", [](const Case& it) { return it.run.moves > most_moves(it); },
     [](const Case& it) {
       return Words{
           fmt::format("The lines and their times are right, but it woke up about {} "
                       "times. Something polls in small steps, instead of waiting "
                       "for what it needs.",
                       (it.run.moves + 5) / 10 * 10)};
     }},

    // (A loop looks once for each handler.)
    {"it asks again and again",
     [](const Case& it) {
       return it.run.glances > 100 * most_moves(it) && it.run.total > it.run.glances * 1us;
     },
     [](const Case&) {
       return Words{
           "The lines and their times are right, but it asks again and again, without a wait, "
           "whether something has happened. The processor is never idle: await what you need."};
     }},

    {"it names a time of its own",
     [](const Case& it) {
       return it.exercise.durations && durations(it.code) > *it.exercise.durations;
     },
     [](const Case& it) {
       return Words{
           fmt::format("The lines and their times are right, but the code names {} durations, and "
                       "the starter {}. Another timer only guesses when a task will end. "
                       "Await the task itself.",
                       durations(it.code), *it.exercise.durations)};
     }},

    {"it guesses", [](const Case& it) { return guessed(it).has_value(); },
     [](const Case& it) { return Words{*guessed(it)}; }},

    {"the text misses something", [](const Case& it) { return shown_by_text(it) != nullptr; },
     [](const Case& it) {
       return Words{"The lines and their times are right, but " + shown_by_text(it)->otherwise};
     }},

    {"it asks by name",
     [](const Case& it) {
       return static_cast<int>(names_asked_for(it.source).size()) > it.exercise.by_name;
     },
     [](const Case& it) {
       return Words{
           fmt::format("The lines and their times are right, but the code asks for \"{}\" by "
                       "name. It must be right for any other name as well.",
                       names_asked_for(it.source).back())};
     }},

    {"it waits in steps", [](const Case& it) { return waits_in_steps(it.code).has_value(); },
     [](const Case& it) {
       return Words{"The lines and their times are right. " + told(*waits_in_steps(it.code))};
     }},

    {"a task is left alone", [](const Case& it) { return left_alone(it.code).has_value(); },
     [](const Case& it) {
       return Words{
           "The lines and their times are right, but only because another task takes longer. " +
           told(*left_alone(it.code)) + " Await it, too."};
     }},
};

Verdict right(const ProgramRun& run, const Exercise& exercise, std::string_view code) {
  std::string sentence = fmt::format("Right. It took {} of simulated time", seconds(run.total));
  const std::string_view link = exercise.may_sleep || exercise.overlap.empty() ? " and" : ",";
  if (exercise.overlap.size() > 1) {
    sentence += fmt::format("{} {} overlapped", link, enumerated(exercise.overlap));
  }
  if (!exercise.may_sleep) sentence += " and no sleep blocked the main thread";
  return {true, sentence + ".", {}, warnings_on(code), {}};
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
    error->text.front() =
        static_cast<char>(std::toupper(static_cast<unsigned char>(error->text.front())));
    verdict.sentence = fmt::format("It does not compile. {}", error->text);
  } else {
    verdict.sentence = fmt::format("It does not compile. Line {}: {}", error->line, error->text);
    verdict.details = quoted_line(source, error->line);
  }
  return verdict;
}

Verdict judge(const ProgramRun& run, const Expectation& expected, const Exercise& exercise,
              std::string_view source, int width) {
  const std::string code = code_of(source);
  const Case it = examine(run, expected, exercise, source, code, width);
  const auto rule =
      std::ranges::find_if(rules, [&it](const Rule& candidate) { return candidate.applies(it); });
  if (rule == std::end(rules)) return right(run, exercise, code);
  auto [sentence, details] = rule->words(it);
  if (const auto fault = only_named(code)) sentence = told(*fault) + " " + sentence;
  return {false, std::move(sentence), std::move(details), remarks_on(run, expected, code),
          rule->name};
}

}  // namespace workbook
