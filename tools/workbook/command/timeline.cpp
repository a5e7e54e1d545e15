#include "timeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "lessons.hpp"
#include "seconds.hpp"

namespace workbook {
namespace {

using std::chrono::nanoseconds;

// How many bytes the UTF-8 sequence at the beginning has (RFC 3629); 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(text[n]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t n = 1; n < length; ++n) {
    if (byte(n) >> 6 != 2) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool outside = (first == 0xed && byte(1) > 0x9f) || (first == 0xf4 && byte(1) > 0x8f);
  return overlong || outside ? 0 : length;
}

std::string escaped(std::string_view text) {
  std::string html;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    const bool control =
        length == 1 && static_cast<unsigned char>(text[0]) < 0x20 && text[0] != '\t';
    if (length == 0 || control) {
      html += "\uFFFD";
    } else if (sequence == "&") {
      html += "&amp;";
    } else if (sequence == "<") {
      html += "&lt;";
    } else if (sequence == ">") {
      html += "&gt;";
    } else if (sequence == "\"") {
      html += "&quot;";
    } else {
      html += sequence;
    }
    text.remove_prefix(sequence.size());
  }
  return html;
}

std::string first_word(const std::string& line) {
  const auto begin = line.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  std::string word = line.substr(begin, line.find_first_of(" \t", begin) - begin);
  // "tea:" and "tea" are one lane.
  while (word.size() > 1 && std::string_view(":,.;").find(word.back()) != std::string_view::npos) {
    word.pop_back();
  }
  return word;
}

TimelineLane lane_of(const LaneRule& rule, const std::vector<PrintedLine>& lines,
                     nanoseconds total) {
  TimelineLane lane{rule.name, {}, {}};
  std::optional<nanoseconds> begin;
  for (const PrintedLine& line : lines) {
    if (!begin && line.text.starts_with(rule.begin)) {
      begin = line.time;
      lane.ticks.push_back(line.time);
    } else if (begin && line.text.starts_with(rule.end)) {
      lane.bars.push_back({*begin, line.time});
      lane.ticks.push_back(line.time);
      begin.reset();
    }
  }
  if (begin) lane.bars.push_back({*begin, total});
  if (lane.bars.empty()) {
    throw WrongCall(fmt::format("The lane \"{}\" fits nothing: no line begins with \"{}\".",
                                rule.name, rule.begin));
  }
  return lane;
}

std::vector<TimelineLane> lane_for_each_word(const std::vector<PrintedLine>& lines) {
  std::vector<TimelineLane> lanes;
  for (const PrintedLine& line : lines) {
    const std::string word = first_word(line.text);
    if (word.empty()) continue;
    auto lane = std::ranges::find(lanes, word, &TimelineLane::name);
    if (lane == lanes.end()) {
      lanes.push_back({word, {{line.time, line.time}}, {}});
      lane = std::prev(lanes.end());
    }
    lane->bars.front().end = line.time;
    lane->ticks.push_back(line.time);
  }
  return lanes;
}

class Axis {
 public:
  explicit Axis(nanoseconds total) : total_(std::max(total, nanoseconds(1))) {}

  double percent(nanoseconds time) const {
    return 100.0 * static_cast<double>(time.count()) / static_cast<double>(total_.count());
  }

  // 1, 2 or 5 of some power of ten: at most eight of them.
  std::vector<nanoseconds> marks() const {
    nanoseconds step(1);
    for (int n = 0; total_ / step > 8; ++n) step = n % 3 == 1 ? step * 5 / 2 : step * 2;
    std::vector<nanoseconds> marks;
    for (nanoseconds at{}; at <= total_; at += step) marks.push_back(at);
    return marks;
  }

 private:
  nanoseconds total_;
};

std::string bar_html(const Axis& axis, const Bar& bar) {
  return fmt::format("<i style=\"left:{:.3f}%;width:{:.3f}%\" title=\"{:.3f} s to {:.3f} s\"></i>",
                     axis.percent(bar.begin), axis.percent(bar.end) - axis.percent(bar.begin),
                     in_seconds(bar.begin), in_seconds(bar.end));
}

std::string lane_html(const Axis& axis, const TimelineLane& lane) {
  std::string html = fmt::format("<tr><th scope=\"row\">{}</th><td>", escaped(lane.name));
  for (const Bar& bar : lane.bars) html += bar_html(axis, bar);
  for (const nanoseconds tick : lane.ticks) {
    html += fmt::format("<b style=\"left:{:.3f}%\" title=\"{:.3f} s\"></b>", axis.percent(tick),
                        in_seconds(tick));
  }
  return html + "</td></tr>\n";
}

std::string axis_html(const Axis& axis) {
  std::string html = "<tr class=\"axis\"><td></td><td>";
  for (const nanoseconds mark : axis.marks()) {
    html += fmt::format("<span style=\"left:{:.3f}%\">{:g} s</span>", axis.percent(mark),
                        in_seconds(mark));
  }
  return html + "</td></tr>\n";
}

constexpr const char* style = R"(
:root { color-scheme: light dark; --paper: light-dark(#fdfcfa, #12151f); --ink: light-dark(#1c2030, #e9ebf2);
  --soft: light-dark(#5c6070, #a9b1c6); --line: light-dark(#e3dfd8, #30374a); --bar: light-dark(#4338ca, #a9b4ff);
  --bad: light-dark(#b0261b, #ff9f93); }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h1, samp, li span { font-family: ui-monospace, Menlo, Consolas, monospace; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th { width: 9rem; padding: .3rem .6rem .3rem 0; font-weight: 500; text-align: left; vertical-align: middle; }
td { position: relative; height: 2rem; border-bottom: 1px solid var(--line); }
tr.axis td { border: 0; color: var(--soft); font-size: .85rem; } tr.axis td:first-child { width: 9rem; }
i, b, td span { position: absolute; top: .6rem; } i { height: .8rem; min-width: 2px; border-radius: .2rem;
  background: var(--bar); opacity: .55; } b { top: .3rem; width: 2px; height: 1.4rem; background: var(--ink); }
td span { top: .2rem; white-space: nowrap; transform: translateX(-50%); } td span:first-child { transform: none; }
ol { padding: 0; list-style: none; } li { display: flex; gap: 1rem; } li span { min-width: 5.5rem; color: var(--soft);
  text-align: right; white-space: nowrap; } samp { white-space: pre-wrap; } .error samp { color: var(--bad); }
@media (max-width: 40rem) { th, tr.axis td:first-child { width: 5rem; font-size: .85rem; } }
)";

}  // namespace

LaneRule parse_lane(const std::string& text) {
  const auto equals = text.find('=');
  const auto comma = text.find(',', equals == std::string::npos ? 0 : equals);
  if (equals == std::string::npos || comma == std::string::npos) {
    throw WrongCall(fmt::format(
        "\"{}\" is no lane: a lane is NAME=BEGIN,END, for instance tea=Boil,Tea, from a "
        "line that begins with \"Boil\" to the next that begins with \"Tea\".",
        text));
  }
  LaneRule rule{text.substr(0, equals), text.substr(equals + 1, comma - equals - 1),
                text.substr(comma + 1)};
  if (rule.name.empty() || rule.begin.empty() || rule.end.empty()) {
    throw WrongCall(fmt::format("The lane \"{}\" has an empty part: NAME=BEGIN,END.", text));
  }
  return rule;
}

std::vector<TimelineLane> make_lanes(const std::vector<LaneRule>& rules,
                                     const std::vector<PrintedLine>& lines, nanoseconds total) {
  if (rules.empty()) return lane_for_each_word(lines);
  std::vector<TimelineLane> lanes;
  for (const LaneRule& rule : rules) lanes.push_back(lane_of(rule, lines, total));
  return lanes;
}

std::string timeline_page(const Timeline& timeline) {
  const Axis axis(timeline.total);
  const std::string title = escaped(timeline.title);
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}: {1:.3f} s of simulated time</title>\n<style>{2}</style>\n</head>\n<body>\n"
      "<h1>{0}</h1>\n<p>{3}</p>\n<table>\n",
      title, in_seconds(timeline.total), style, escaped(timeline.how));
  for (const TimelineLane& lane : timeline.lanes) html += lane_html(axis, lane);
  html += axis_html(axis) + "</table>\n<ol>\n";
  for (const PrintedLine& line : timeline.lines) {
    html += fmt::format("<li{}><span>{:.3f} s</span><samp>{}</samp></li>\n",
                        line.to_stderr ? " class=\"error\"" : "", in_seconds(line.time),
                        escaped(line.text));
  }
  return html + "</ol>\n</body>\n</html>\n";
}

}  // namespace workbook
