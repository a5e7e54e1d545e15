// A server that treats each client as a test wants: one client after the other, with blocking
// calls, on its own thread.
#pragma once

#include <sys/socket.h>

#include <asio.hpp>
#include <functional>
#include <string>
#include <thread>
#include <utility>

class TestServer {
 public:
  using Socket = asio::ip::tcp::socket;

  // An exception from `treat` ends only this client.
  explicit TestServer(std::function<void(Socket&)> treat)
      : acceptor_(context_, {asio::ip::address_v4::loopback(), 0}),
        thread_([this, treat = std::move(treat)] {
          for (;;) {
            Socket client(context_);
            asio::error_code error;
            acceptor_.accept(client, error);
            if (error) return;
            try {
              treat(client);
            } catch (const std::exception&) {
            }
          }
        }) {}
  // Returns when the present client has been treated.
  ~TestServer() {
    shutdown(acceptor_.native_handle(), SHUT_RDWR);
    thread_.join();
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
  std::string url() const { return "http://127.0.0.1:" + port() + "/"; }

 private:
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

template <typename Stream>
std::string read_request(Stream& stream) {
  std::string request;
  asio::read_until(stream, asio::dynamic_buffer(request, 65536), "\r\n\r\n");
  return request;
}

// Waits until the client hangs up, whatever it sends before.
template <typename Stream>
void wait_for_end(Stream& stream) {
  asio::error_code error;
  char bytes[1024];
  while (!error) stream.read_some(asio::buffer(bytes), error);
}
