// The exchange is misspelt, and then the queue. Look at what the
// publisher learns of it.
#include <fmt/core.h>

#include <exception>
#include <string>
#include <string_view>
#include <variant>

#include "connection.hpp"
#include "orders.hpp"

using amqp::NoQueue;

enum class Confirms { no, yes };

// What the broker says of the message that was published last.
std::string answer(amqp::Connection& broker) {
  const auto word = broker.next({60, 0});
  if (!word) return "Unknown";
  const auto fate = std::get<amqp::Confirm>(*word).fate;
  if (fate != amqp::Fate::returned) return "Confirmed";
  broker.next({60, 0});  // its confirm, which comes as well
  return "Returned";
}

void publish_three(const std::string& url,
                   std::string_view exchange,
                   std::string_view key, Confirms confirms,
                   NoQueue no_queue) {
  print_line(fmt::format(
      "--- to \"{}\", \"{}\", {} confirms{}", exchange, key,
      confirms == Confirms::yes ? "with" : "without",
      no_queue == NoQueue::returns ? ", mandatory" : ""));
  amqp::Connection broker(url);
  broker.declare_queue(queue);
  if (confirms == Confirms::yes) broker.confirm_publishes();
  for (int number = 1; number <= 3; ++number) {
    broker.publish(exchange, key, "soup", no_queue);
    print_line(fmt::format("Published {}", number));
    if (confirms == Confirms::no) continue;
    print_line(fmt::format("{} {}", answer(broker), number));
  }
}

void show_queue(const std::string& url) {
  amqp::Connection broker(url);
  print_line(fmt::format("In the queue: {}",
                         broker.declare_queue(queue)));
}

int main(int argc, char* argv[]) {
  if (argc != 2) {
    fmt::print(stderr, "Usage: {} HOST:PORT\n", argv[0]);
    return 2;
  }
  try {
    const std::string url = amqp::url(argv[1]);
    publish_three(url, "kitchn", "", Confirms::no,
                  NoQueue::drops);
    show_queue(url);
    publish_three(url, "", "order", Confirms::yes,
                  NoQueue::drops);
    show_queue(url);
    publish_three(url, "", "order", Confirms::yes,
                  NoQueue::returns);
    publish_three(url, "kitchn", "", Confirms::yes,
                  NoQueue::drops);
  } catch (const amqp::Refused& refusal) {
    print_line(refusal.what());
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[1], error.what());
    return 1;
  }
}
