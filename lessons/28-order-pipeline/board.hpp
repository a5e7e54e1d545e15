// What has become of the orders, for those who watch. It keeps
// the latest thousand events: look at how it finds duplicates.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <deque>
#include <string>

#include "../22-echo-server/print_line.hpp"
#include "../23-web-api/request.hpp"
#include "../23-web-api/response.hpp"

struct OrderPacked {
  int number;
  int worker;
  bool again = false;  // it was reported before
};

class Board {
 public:
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

  // The number of the last event that the client has seen. One
  // that is not ours is from an earlier server: begin anew.
  std::size_t seen_by(const http::Request& request) const {
    const auto text = request.header("last-event-id");
    std::size_t seen = 0;
    std::from_chars(text.data(), text.data() + text.size(), seen);
    return seen <= last() ? seen : 0;
  }

  bool has_news(std::size_t seen) const { return last() > seen; }

  // In the format of "server-sent events", which browsers know.
  http::Response events_after(std::size_t seen) const {
    std::string text = "retry: 100\n\n";
    for (auto id = std::max(seen, forgotten_) + 1; id <= last();
         ++id) {
      const auto& event = events_[id - forgotten_ - 1];
      text += fmt::format(
          "id: {}\ndata: Order {} {} by worker {}\n\n", id,
          event.number,
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

  std::size_t accepted_ = 0;
  std::size_t packed_ = 0;
  std::size_t duplicates_ = 0;
  std::deque<OrderPacked> events_;
  std::size_t forgotten_ = 0;  // events before the first one
};
