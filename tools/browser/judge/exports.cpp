// The judge as a page calls it: JSON in, JSON out. The sentences are the command line's, because
// the code is.
//
//   judge({"exercise": the text of exercise.json, "expected": that of exercise.expected, "replay":
//   that of replay.json,
//          "source": the learner's file, "file": its name, "said": what clang said, "built":
//          whether it made a program, "run": {"output", "errors", "record", "end":
//          "exit"|"trap"|"flood"|"computing", "status", "trap",
//                  "limit": bytes of a flood, seconds of computing}})
//     -> {"passed", "sentence", "details", "remarks": [], "rule"}
//   describe({"run": as above})
//     -> {"lines": [{"seconds", "text", "errors": whether it went to stderr}], "seconds",
//     "failure"}
//   hints({"exercise": the text of exercise.json, "seen": how many})
//     -> {"hints": the next, "name": what the one after them is called}
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "compiler_log.hpp"
#include "endings.hpp"
#include "exercise.hpp"
#include "expectation.hpp"
#include "help.hpp"
#include "program_run.hpp"
#include "seconds.hpp"
#include "trace.hpp"
#include "verdict.hpp"

namespace {

using nlohmann::json;
using namespace workbook;

// The signal that would end a process for the same fault, and its description.
struct Signal {
  std::string_view name;
  std::string_view description;
};

Signal signal_for(std::string_view trap) {
  if (trap.find("divide") != trap.npos) return {"SIGFPE", "Floating point exception"};
  if (trap.find("unreachable") != trap.npos) return {"SIGILL", "Illegal instruction"};
  return {"SIGSEGV", "Segmentation fault"};
}

// The command line's words.
void note_signal(ProgramRun& result, const Signal& signal) {
  result.signal = signal.name;
  result.failure = fmt::format("It was killed by {} ({}).", signal.name, signal.description);
}

// Sets what the end of the module says about the run's failure, if it is one.
void note_end(ProgramRun& result, const json& run, const Trace& trace) {
  constexpr int aborted = 134;
  const std::string end = run.at("end");
  if (end == "flood") {
    const std::uintmax_t limit = run.at("limit");
    const bool printed = result.output.size() > limit || result.errors.size() > limit;
    result.failure = printed ? printed_too_much(limit) : slept_in_a_loop();
  } else if (end == "computing") {
    result.failure = computed_too_long(std::chrono::seconds(run.at("limit")));
  } else if (end == "trap") {
    note_signal(result, signal_for(run.at("trap").get<std::string>()));
  } else if (const int status = run.at("status"); status != 0) {
    if (const auto words = last_words(result.errors)) {
      result.failure = *words;
    } else if (status == aborted && trace.how.empty()) {
      note_signal(result, {"SIGABRT", "Aborted"});
    } else {
      result.failure = fmt::format("It ended with exit status {}.", status);
    }
  }
}

ProgramRun run_of(const json& run) {
  const Trace trace = parse_trace(run.at("record"));
  ProgramRun result = simulated_run(run.at("output"), run.at("errors"), trace);
  if (result.failure.empty()) note_end(result, run, trace);
  return result;
}

json told(const Verdict& verdict) {
  return {{"passed", verdict.passed},
          {"sentence", verdict.sentence},
          {"details", verdict.details},
          {"remarks", verdict.remarks},
          {"rule", verdict.rule}};
}

// Whether the learner's file was started when the task was another one. False where that is not
// recorded.
bool task_has_changed(const json& answer) {
  const auto started = answer.find("started");
  if (started == answer.end()) return false;
  const auto text = [](const json& task) {
    return task_text(task.at("starter").get<std::string>(), task.at("expected").get<std::string>());
  };
  return text(*started) != text(answer.at("task"));
}

json judge_answer(const json& answer) {
  const std::string source = answer.at("source");
  const std::string file = answer.at("file");
  const std::string said = answer.at("said");
  if (!answer.at("built")) {
    auto verdict = compile_verdict(said, file, source);
    if (!verdict)
      return {{"passed", false},
              {"sentence", "It could not be built."},
              {"details", said},
              {"remarks", json::array()},
              {"rule", ""}};
    return told(*verdict);
  }
  const ProgramRun result = run_of(answer.at("run"));
  const Exercise exercise = parse_exercise(answer.at("exercise"), "exercise.json");
  const Expectation expected =
      parse_expectation(answer.at("expected"), answer.at("replay"), "exercise", "replay.json");
  Verdict verdict = judge(result, expected, exercise, source);
  if (!verdict.passed) {
    if (const auto remark = warning_remark(said, file)) {
      verdict.remarks.insert(verdict.remarks.begin(), *remark);
    }
  }
  if (task_has_changed(answer)) {
    verdict.sentence =
        "The exercise has changed since you started it: the button \"Start anew\" gives you the "
        "new starter, and keeps your text. " +
        verdict.sentence;
  }
  return told(verdict);
}

json describe_run(const json& asked) {
  const ProgramRun run = run_of(asked.at("run"));
  json lines = json::array();
  for (const PrintedLine& line : run.lines) {
    lines.push_back(
        {{"seconds", in_seconds(line.time)}, {"text", line.text}, {"errors", line.to_stderr}});
  }
  return {{"lines", lines}, {"seconds", in_seconds(run.total)}, {"failure", run.failure}};
}

json next_hints(const json& asked) {
  const Exercise exercise = parse_exercise(asked.at("exercise"), "exercise.json");
  const int seen = asked.at("seen");
  const auto [first, end] = hints_after(exercise, seen);
  json hints = json::array();
  for (int hint = first; hint < end; ++hint) hints.push_back(exercise.hints.at(hint));
  return {{"hints", hints}, {"name", next_hint_name(end)}};
}

// A copy that the page frees by calling `release`. JSON ends with its 0.
char* copied(const std::string& text) {
  char* copy = static_cast<char*>(std::malloc(text.size() + 1));
  std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

template <class Function>
char* answer(const char* asked, Function function) {
  try {
    return copied(function(json::parse(asked)).dump());
  } catch (const std::exception& error) {
    return copied(json{{"fault", error.what()}}.dump());
  }
}

}  // namespace

extern "C" {

[[clang::export_name("reserve")]] void* reserve(std::size_t size) {
  return std::malloc(size);
}
[[clang::export_name("release")]] void release(void* memory) {
  std::free(memory);
}
[[clang::export_name("judge")]] char* judge_in_page(const char* asked) {
  return answer(asked, judge_answer);
}
[[clang::export_name("describe")]] char* describe_in_page(const char* asked) {
  return answer(asked, describe_run);
}
[[clang::export_name("hints")]] char* hints_in_page(const char* asked) {
  return answer(asked, next_hints);
}

}  // extern "C"
