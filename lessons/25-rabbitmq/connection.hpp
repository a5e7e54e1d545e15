// A connection to RabbitMQ through its C library, rabbitmq-c.
// Look at which calls block, and for how long.
#pragma once

#include <poll.h>
#include <sys/time.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "errors.hpp"
#include "events.hpp"
#include "library.hpp"

namespace amqp {

enum class Acks { by_hand, automatic };

// What the broker does with a message for which there is no
// queue: sends it back, or throws it away. (It confirms both.)
enum class NoQueue { returns, drops };

// The broker to talk to: this one, or the one in AMQP_URL.
inline std::string url(const std::string& address) {
  const char* other = std::getenv("AMQP_URL");
  return other != nullptr ? other : "amqp://" + address;
}

class Connection {
 public:
  // Blocks, as do all calls here that the broker answers: for at
  // most five seconds for each answer.
  explicit Connection(std::string url) {
    amqp_connection_info to;
    if (amqp_parse_url(url.data(), &to) != AMQP_STATUS_OK) {
      throw Refused(
          "the address is not HOST:PORT, or AMQP_URL is not "
          "amqp://USER:PASSWORD@HOST");
    }
    if (to.ssl) {
      throw Refused(
          "AMQP_URL: these headers have no TLS, so no amqps://: "
          "use amqp:// within a network that you trust");
    }
    const timeval patience{5, 0};
    amqp_set_handshake_timeout(get(), &patience);
    amqp_set_rpc_timeout(get(), &patience);
    check("connect",
          amqp_socket_open_noblock(amqp_tcp_socket_new(get()),
                                   to.host, to.port, &patience));
    log_in(to);
    amqp_channel_open(get(), channel);
    check_answer("open a channel");
  }

  // A queue that survives a restart. Returns how many messages
  // are ready in it.
  std::uint32_t declare_queue(std::string_view name) {
    const auto* queue =
        amqp_queue_declare(get(), channel, bytes(name), no, yes,
                           no, no, amqp_empty_table);
    check_answer("declare a queue");
    return queue->message_count;
  }

  // An exchange that gives a copy to each queue bound to it.
  void declare_exchange(std::string_view name) {
    amqp_exchange_declare(get(), channel, bytes(name),
                          bytes("fanout"), no, yes, no, no,
                          amqp_empty_table);
    check_answer("declare an exchange");
  }

  // A queue for this connection alone, which ends with it. It
  // gets what is published to the exchange from now on.
  std::string bind_own_queue(std::string_view exchange) {
    const auto* queue =
        amqp_queue_declare(get(), channel, amqp_empty_bytes, no,
                           no, yes, yes, amqp_empty_table);
    check_answer("declare a queue");
    const std::string name = text_of(queue->queue);
    amqp_queue_bind(get(), channel, bytes(name), bytes(exchange),
                    amqp_empty_bytes, amqp_empty_table);
    check_answer("bind a queue");
    return name;
  }

  // From now on each published message is confirmed.
  void confirm_publishes() {
    amqp_confirm_select(get(), channel);
    check_answer("ask for confirms");
  }

  // From now on messages come while fewer than `prefetch` are
  // unacknowledged.
  void consume(std::string_view queue, std::uint16_t prefetch,
               Acks acks = Acks::by_hand) {
    amqp_basic_qos(get(), channel, 0, prefetch, no);
    check_answer("set the prefetch");
    amqp_basic_consume(
        get(), channel, bytes(queue), amqp_empty_bytes, no,
        acks == Acks::automatic ? yes : no, no, amqp_empty_table);
    check_answer("consume");
  }

  // Hands over a message, to be written to disk, and returns its
  // number. Waits only for room in the socket: with a broker
  // that has stopped, for at most two heartbeats.
  std::uint64_t publish(std::string_view exchange,
                        std::string_view key,
                        std::string_view text,
                        NoQueue no_queue = NoQueue::returns) {
    const std::string id = std::to_string(published_ + 1);
    const amqp_boolean_t mandatory =
        no_queue == NoQueue::returns ? yes : no;
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG |
                        AMQP_BASIC_MESSAGE_ID_FLAG;
    properties.delivery_mode = AMQP_DELIVERY_PERSISTENT;
    properties.message_id = bytes(id);
    check("publish",
          amqp_basic_publish(get(), channel, bytes(exchange),
                             bytes(key), mandatory, no,
                             &properties, bytes(text)));
    return ++published_;
  }

  // The broker may forget this delivery. Waits as `publish` does.
  void acknowledge(std::uint64_t tag) {
    check("acknowledge", amqp_basic_ack(get(), channel, tag, no));
  }

  // True: there is room for a message of ten kilobytes.
  bool has_room() const {
    pollfd socket{descriptor(), POLLOUT, 0};
    return poll(&socket, 1, 0) == 1;
  }

  // What the broker has sent, or nothing if nothing comes in
  // time. After the set-up, only this call sends heartbeats.
  std::optional<Event> next(timeval limit) {
    for (;;) {
      amqp_maybe_release_buffers(get());
      amqp_frame_t frame;
      const int status =
          amqp_simple_wait_frame_noblock(get(), &frame, &limit);
      if (status == AMQP_STATUS_TIMEOUT) return {};
      check("read", status);
      if (auto event = reader_.take(frame)) return event;
    }
  }

  int descriptor() const { return amqp_get_sockfd(get()); }

 private:
  static constexpr amqp_channel_t channel = 1;
  static constexpr int heartbeat = 5;  // seconds
  static constexpr amqp_boolean_t no = 0;
  static constexpr amqp_boolean_t yes = 1;

  // The broker tells us when a queue that we consume from has
  // been deleted, but only if we say here that we can be told.
  void log_in(const amqp_connection_info& to) {
    amqp_table_entry_t cancel{bytes("consumer_cancel_notify"),
                              {}};
    cancel.value.kind = AMQP_FIELD_KIND_BOOLEAN;
    cancel.value.value.boolean = yes;
    amqp_table_entry_t capabilities{bytes("capabilities"), {}};
    capabilities.value.kind = AMQP_FIELD_KIND_TABLE;
    capabilities.value.value.table = {1, &cancel};
    const amqp_table_t ours{1, &capabilities};
    check("log in",
          amqp_login_with_properties(
              get(), to.vhost, 1, AMQP_DEFAULT_FRAME_SIZE,
              heartbeat, &ours, AMQP_SASL_METHOD_PLAIN, to.user,
              to.password));
  }

  static amqp_bytes_t bytes(std::string_view text) {
    return {text.size(), const_cast<char*>(text.data())};
  }

  void check_answer(const std::string& what) {
    check(what, amqp_get_rpc_reply(get()));
  }

  amqp_connection_state_t get() const { return state_.get(); }

  struct Destroy {
    void operator()(amqp_connection_state_t state) const {
      amqp_destroy_connection(state);  // closes the socket
    }
  };
  std::unique_ptr<amqp_connection_state_t_, Destroy> state_{
      amqp_new_connection()};
  std::uint64_t published_ = 0;
  EventReader reader_;
};

}  // namespace amqp
