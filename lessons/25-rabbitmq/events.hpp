// What the broker sends: frames, of which messages are made.
// Look at how many frames one message is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "errors.hpp"
#include "library.hpp"

namespace amqp {

struct Delivery {
  std::uint64_t tag = 0;     // its number on this connection
  bool redelivered = false;  // it has been delivered before
  std::string text;
};

struct Confirm {
  std::uint64_t tag;  // of the message with this number,
  bool multiple;      // or of all up to that one
  bool accepted;
};

using Event = std::variant<Delivery, Confirm>;

// A message is a method, then a header with its size, then
// pieces of its text. Everything else is one method each.
class EventReader {
 public:
  std::optional<Event> take(const amqp_frame_t& frame) {
    if (frame.frame_type == AMQP_FRAME_METHOD) {
      return take(frame.payload.method);
    }
    if (frame.frame_type == AMQP_FRAME_HEADER) {
      missing_ = frame.payload.properties.body_size;
    } else {
      missing_ -= frame.payload.body_fragment.len;
      coming_.text += text_of(frame.payload.body_fragment);
    }
    if (missing_ > 0) return {};
    return std::exchange(coming_, {});
  }

 private:
  std::optional<Event> take(const amqp_method_t& method) {
    void* said = method.decoded;
    if (method.id == AMQP_BASIC_DELIVER_METHOD) {
      const auto* it = static_cast<amqp_basic_deliver_t*>(said);
      coming_ = {it->delivery_tag, it->redelivered != 0, ""};
    } else if (method.id == AMQP_BASIC_ACK_METHOD) {
      const auto* it = static_cast<amqp_basic_ack_t*>(said);
      return Confirm{it->delivery_tag, it->multiple != 0, true};
    } else if (method.id == AMQP_BASIC_NACK_METHOD) {
      const auto* it = static_cast<amqp_basic_nack_t*>(said);
      return Confirm{it->delivery_tag, it->multiple != 0, false};
    } else if (method.id == AMQP_BASIC_CANCEL_METHOD) {
      throw Refused("the queue was deleted");
    }
    check_open("closed by the broker", method);
    return {};
  }

  Delivery coming_;
  std::uint64_t missing_ = 0;
};

}  // namespace amqp
