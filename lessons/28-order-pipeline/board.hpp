// What has become of the orders, for those who watch. It keeps
// the latest thousand events: look at how it finds duplicates,
// and at who is told that events are missing.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <deque>
#include <random>
#include <string>
#include <string_view>

#include "../22-echo-server/print_line.hpp"
#include "../23-web-api/request.hpp"
#include "../23-web-api/response.hpp"

struct OrderPacked {
  int number;
  int worker;
  bool again = false;  // it was reported before
};

// How far a client that watches has got.
struct Seen {
  std::size_t number = 0;  // of the last event that it has seen
  bool in_earlier_run = false;  // its events are gone
};

class Board {
 public:
  // `run` makes the numbers of events unique: after a restart of
  // the shop they begin at 1 again.
  explicit Board(unsigned run = std::random_device()())
      : beginning_(fmt::format("{}-", run)) {}

  void accept() { ++accepted_; }

  void add(OrderPacked event) {
    event.again = std::any_of(
        events_.begin(), events_.end(), [&](const auto& earlier) {
          return earlier.number == event.number;
        });
    ++(event.again ? duplicates_ : packed_);
    if (events_.size() == 1000) {
      events_.pop_front();
      ++forgotten_;
    }
    events_.push_back(event);
    print_line(fmt::format("Order {} {} packed{}", event.number,
                           event.again ? "was" : "is",
                           event.again ? " already" : ""));
  }

  // A client without a number is new, and misses nothing. With a
  // number that is not ours it comes from an earlier run.
  Seen seen_by(const http::Request& request) const {
    const std::string text = request.header("last-event-id");
    std::string_view id = text;
    if (id.empty()) return {forgotten_};
    const bool is_ours = id.starts_with(beginning_);
    if (is_ours) id.remove_prefix(beginning_.size());
    std::size_t number = 0;
    const char* end = id.data() + id.size();
    const auto [stop, error] =
        std::from_chars(id.data(), end, number);
    const bool is_number = stop == end && error == std::errc{};
    if (is_ours && is_number && number <= last()) return {number};
    return {forgotten_, true};
  }

  bool has_news(const Seen& seen) const {
    return seen.in_earlier_run || last() > seen.number;
  }

  // In the format of "server-sent events", which browsers know.
  http::Response events_after(const Seen& seen) const {
    std::string text = "retry: 100\n\n";
    const auto known = std::max(seen.number, forgotten_);
    if (seen.in_earlier_run || seen.number < forgotten_) {
      text += fmt::format(
          "id: {}{}\ndata: Some events may be missing here\n\n",
          beginning_, known);
    }
    for (auto id = known + 1; id <= last(); ++id) {
      const auto& event = events_[id - forgotten_ - 1];
      text += fmt::format(
          "id: {}{}\ndata: Order {} {} by worker {}\n\n",
          beginning_, id, event.number,
          event.again ? "was packed already, noticed"
                      : "is packed",
          event.worker);
    }
    http::Response response{200, text, {}};
    response.headers["Content-Type"] = "text/event-stream";
    return response;
  }

  http::Response counts() const {
    return http::json(fmt::format(
        R"({{"accepted":{},"packed":{},"duplicates":{}}})",
        accepted_, packed_, duplicates_));
  }

 private:
  std::size_t last() const { return forgotten_ + events_.size(); }

  const std::string beginning_;  // of each event's id
  std::size_t accepted_ = 0;
  std::size_t packed_ = 0;
  std::size_t duplicates_ = 0;
  std::deque<OrderPacked> events_;
  std::size_t forgotten_ = 0;  // events before the first one
};
