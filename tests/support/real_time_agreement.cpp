#include "real_time_agreement.hpp"

#include <cmath>
#include <cstdlib>
#include <vector>

#include "lines.hpp"

namespace workbook {
namespace {

// Clock times, relative to the first one of a run.
class ClockComparison {
 public:
  // Whether the two clocks are equally far from their run's first one. The first pair always is.
  bool agree(int simulated, int real) const {
    if (!has_first_) return true;
    constexpr int day = 24 * 3600;
    const int difference = (real - first_real_) - (simulated - first_simulated_);
    const int round_the_clock = ((difference % day) + day) % day;
    return std::min(round_the_clock, day - round_the_clock) <= 1;
  }
  void note(int simulated, int real) {
    if (has_first_) return;
    has_first_ = true;
    first_simulated_ = simulated;
    first_real_ = real;
  }

 private:
  bool has_first_ = false;
  int first_simulated_ = 0;
  int first_real_ = 0;
};

bool same_but_for_times(const TimedLine& simulated, const TimedLine& real,
                        const ClockComparison& clock) {
  if (simulated.text != real.text || simulated.seconds.size() != real.seconds.size() ||
      simulated.clocks.size() != real.clocks.size()) {
    return false;
  }
  for (std::size_t i = 0; i < real.seconds.size(); ++i) {
    // A hair more than 0.3, which has no exact binary form.
    if (std::abs(simulated.seconds[i] - real.seconds[i]) > 0.3 + 1e-9) return false;
  }
  for (std::size_t i = 0; i < real.clocks.size(); ++i) {
    if (!clock.agree(simulated.clocks[i], real.clocks[i])) return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> disagreement(const ProgramRun& simulated, std::string_view output,
                                        int width) {
  std::vector<Due<TimedLine>> due;
  for (const PrintedLine& line : simulated.lines) {
    if (!line.to_stderr) due.push_back({take_times_out(line.text), line.time});
  }
  const Lines expected = split_lines(simulated.output);
  const Lines actual = split_lines(output);
  ClockComparison clock;
  const auto [order, misfit] =
      paired(due, actual, [&clock](const TimedLine& one, const std::string& other) {
        const TimedLine real = take_times_out(other);
        if (!same_but_for_times(one, real, clock)) return false;
        for (std::size_t c = 0; c < real.clocks.size(); ++c) {
          clock.note(one.clocks[c], real.clocks[c]);
        }
        return true;
      });
  const auto disagree_at = [&, &as_they_came = order](std::size_t line) {
    return side_by_side(ordered(expected, as_they_came), actual, line, width, "simulated", "real");
  };
  if (misfit) return disagree_at(*misfit);
  if (expected.complete != actual.complete) return disagree_at(actual.text.size() - 1);
  return std::nullopt;
}

}  // namespace workbook
