// A worker takes one order of four and is killed. Look at when
// the broker forgets an order.
#include <fmt/core.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <exception>
#include <string>
#include <system_error>
#include <variant>

#include "connection.hpp"
#include "orders.hpp"

void take_orders(const std::string& url) {
  amqp::Connection broker(url);
  broker.declare_queue(queue);
  broker.confirm_publishes();
  for (const auto dish : dishes) broker.publish("", queue, dish);
  for (amqp::Confirm last{}; last.tag < dishes.size();) {
    const auto word = broker.next({60, 0});
    if (!word) throw amqp::Lost("no confirm has come");
    last = std::get<amqp::Confirm>(*word);
  }
}

// A separate process, which ends in the middle of its work.
void work(const std::string& url, amqp::Acks acks) {
  const pid_t worker = fork();
  if (worker == 0) {
    amqp::Connection broker(url);
    broker.consume(queue, 10, acks);
    const auto event = broker.next({60, 0});
    const auto& order = std::get<amqp::Delivery>(event.value());
    print_line("Start " + order.text + ", and be killed");
    raise(SIGKILL);
  }
  waitpid(worker, nullptr, 0);
}

// What another worker still finds.
void work_after(const std::string& url, amqp::Acks acks) {
  amqp::Connection broker(url);
  broker.consume(queue, 10, acks);
  int found = 0;
  while (const auto event = broker.next({2, 0})) {
    const auto& order = std::get<amqp::Delivery>(*event);
    print_line("Serve " + order.text);
    if (acks == amqp::Acks::by_hand) {
      broker.acknowledge(order.tag);
    }
    ++found;
  }
  print_line(fmt::format("Served: {} of 4", found));
}

int main(int argc, char* argv[]) {
  if (argc != 2) {
    fmt::print(stderr, "Usage: {} HOST:PORT\n", argv[0]);
    return 2;
  }
  try {
    const std::string url = amqp::url(argv[1]);
    for (const auto acks :
         {amqp::Acks::automatic, amqp::Acks::by_hand}) {
      print_line(acks == amqp::Acks::automatic
                     ? "--- automatic acks"
                     : "--- acks by hand");
      take_orders(url);
      work(url, acks);
      work_after(url, acks);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[1], error.what());
    return 1;
  }
}
