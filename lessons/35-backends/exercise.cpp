// A waiter sends orders over a connection, a line for each dish,
// and gets a line with its price. Each call to the connection
// would be a system call, and a small one costs about as much as
// a large one. Make one read for each packet that has arrived,
// and one write for each line. As it is, the first read takes a
// byte and leaves seven there.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <asio.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// What arrives on the connection, and when.
struct Packet {
  steady_clock::duration time;
  std::string text;
};

// Stands for a socket, so Asio's functions take it. It does not
// put up with a call that is wasted.
class Connection {
 public:
  using executor_type = asio::any_io_executor;

  explicit Connection(executor_type executor)
      : timer_(executor), sent_(executor) {}
  executor_type get_executor() { return timer_.get_executor(); }

  // Waits until something has arrived, and takes what fits.
  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& room, Token&& token) {
    return asio::async_initiate<Token, void(asio::error_code,
                                            std::size_t)>(
        [this](auto handler, const Buffers& buffers) {
          if (must_wait(buffers)) {
            timer_.expires_at(start_ + packets_.front().time);
          }
          timer_.async_wait(
              [this, buffers, handler = std::move(handler)](
                  asio::error_code end) mutable {
                const std::size_t size = read(buffers, end);
                std::move(handler)(end, size);
              });
        },
        token, room);
  }

  // Sends all of it in one go, because there is always room. But
  // one write must be over before the next one begins.
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& text, Token&& token) {
    return asio::async_initiate<Token, void(asio::error_code,
                                            std::size_t)>(
        [this](auto handler, const Buffers& buffers) {
          begin_write();
          sent_.async_wait(
              [this, buffers, handler = std::move(handler)](
                  asio::error_code) mutable {
                write(buffers);
                std::move(handler)(asio::error_code(),
                                   asio::buffer_size(buffers));
              });
        },
        token, text);
  }

 private:
  // Reading nothing takes no call, as with a socket. (Asio does
  // it if it has a whole line already.)
  template <typename Buffers>
  bool must_wait(const Buffers& room) const {
    return asio::buffer_size(room) > 0 && !packets_.empty();
  }

  template <typename Buffers>
  std::size_t read(const Buffers& room, asio::error_code& end) {
    if (asio::buffer_size(room) == 0) return 0;
    if (packets_.empty()) {
      fmt::print("Read the end\n");
      end = asio::error::eof;
      return 0;
    }
    const std::string text = packets_.front().text;
    const auto size = asio::buffer_copy(room, asio::buffer(text));
    fmt::print("Read {} of {} bytes\n", size, text.size());
    if (size < text.size()) {
      throw std::logic_error(fmt::format(
          "a read takes {} of {} bytes", size, text.size()));
    }
    packets_.pop_front();
    return size;
  }

  void begin_write() {
    if (std::exchange(writing_, true)) {
      throw std::logic_error(
          "a write begins before the last one is over");
    }
    sent_.expires_after(1ms);
  }

  template <typename Buffers>
  void write(const Buffers& buffers) {
    writing_ = false;
    std::string text(asio::buffer_size(buffers), ' ');
    asio::buffer_copy(asio::buffer(text), buffers);
    if (!text.ends_with('\n')) {
      throw std::logic_error("\"" + text +
                             "\" alone is not a line");
    }
    for (std::size_t line = 0; line < text.size();) {
      const std::size_t next = text.find('\n', line) + 1;
      fmt::print("Write {}", text.substr(line, next - line));
      line = next;
    }
  }

  const steady_clock::time_point start_ = steady_clock::now();
  std::deque<Packet> packets_{{1s, "soup\nbre"},
                              {2s, "ad\n"},
                              {3s, "salt\ntea\ncoff"},
                              {4s, "ee\n"}};
  asio::steady_timer timer_;
  asio::steady_timer sent_;
  bool writing_ = false;
};

std::string_view price_of(std::string_view dish) {
  if (dish == "soup") return "4.50\n";
  if (dish == "bread") return "1.20\n";
  if (dish == "tea") return "2.10\n";
  if (dish == "coffee") return "2.40\n";
  return "free\n";
}

asio::awaitable<void> serve(Connection& connection) {
  std::string text;
  asio::error_code end;
  for (;;) {
    // TODO: read what has arrived, up to the end of a line or
    // beyond it. What is beyond it belongs to the next line.
    char byte = 0;
    co_await asio::async_read(
        connection, asio::buffer(&byte, 1),
        asio::redirect_error(asio::use_awaitable, end));
    if (end) co_return;
    text += byte;
    if (byte != '\n') continue;
    const std::string dish = text.substr(0, text.size() - 1);
    text.clear();

    // TODO: write the three parts of the line with one call.
    const std::string_view costs = " costs ";
    const std::string_view price = price_of(dish);
    co_await asio::async_write(connection, asio::buffer(dish),
                               asio::use_awaitable);
    co_await asio::async_write(connection, asio::buffer(costs),
                               asio::use_awaitable);
    co_await asio::async_write(connection, asio::buffer(price),
                               asio::use_awaitable);
  }
}

// A task's exception must not get lost: it ends the program.
void rethrow(std::exception_ptr error) {
  if (error) std::rethrow_exception(error);
}

int main() {
  const auto start = steady_clock::now();

  asio::io_context loop;
  Connection connection(loop.get_executor());
  asio::co_spawn(loop, serve(connection), rethrow);
  loop.run();

  const Seconds elapsed = steady_clock::now() - start;
  fmt::print("Elapsed: {:.1f}s\n", elapsed.count());
}
