// One client publishes to an exchange, two subscribe to it. Look
// at who hears of the soup.
#include <fmt/core.h>

#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <exception>
#include <string>
#include <string_view>

#include "amqp.hpp"
#include "orders.hpp"

using namespace asio::experimental::awaitable_operators;
using amqp::NoQueue;

constexpr const char* news = "news";

void publisher(amqp::Connection& broker) {
  broker.declare_exchange(news);
  broker.confirm_publishes();
}

void subscriber(amqp::Connection& broker) {
  broker.declare_exchange(news);
  const std::string own_queue = broker.bind_own_queue(news);
  broker.consume(own_queue, 10);
}

asio::awaitable<void> tell(amqp::Client& broker,
                           std::string text) {
  co_await broker.publish(news, "", text, NoQueue::drops);
  print_line("Told: " + text);
}

asio::awaitable<void> hear(std::string_view name,
                           amqp::Client& broker) {
  const auto message = co_await broker.receive();
  print_line(fmt::format("{} hears: {}", name, message.text));
  co_await broker.acknowledge(message);
}

asio::awaitable<void> tell_two(amqp::Client& editor,
                               std::string url) {
  const auto executor = co_await asio::this_coro::executor;
  co_await tell(editor, "There is soup");
  amqp::Client ada(executor, url, subscriber);
  amqp::Client ben(executor, url, subscriber);
  const auto talk = [&]() -> asio::awaitable<void> {
    co_await (ada.connected() && ben.connected());
    co_await tell(editor, "There is cake");
    co_await hear("Ada", ada);
    co_await hear("Ben", ben);
    ada.close();
    ben.close();
  };
  co_await (ada.run() && ben.run() && talk());
  editor.close();
}

asio::awaitable<void> open(std::string url) {
  amqp::Client editor(co_await asio::this_coro::executor, url,
                      publisher);
  co_await (editor.run() && tell_two(editor, url));
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main(int argc, char* argv[]) {
  if (argc != 2) {
    fmt::print(stderr, "Usage: {} HOST:PORT\n", argv[0]);
    return 2;
  }
  try {
    asio::io_context loop;
    asio::co_spawn(loop, open(amqp::url(argv[1])), rethrow);
    loop.run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}.\n", argv[1], error.what());
    return 1;
  }
}
