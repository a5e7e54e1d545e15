// What the broker sends: frames, of which messages are made. Look
// at how many frames make up one message.
#pragma once

#include <charconv>
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

// What became of a message. `returned`: there was no queue to put
// it in. `unknown`: the connection was lost before we heard.
enum class Fate { confirmed, refused, returned, unknown };

struct Confirm {
  std::uint64_t tag;  // of the message with this number,
  bool multiple;      // or of all up to that one
  Fate fate;
};

using Event = std::variant<Delivery, Confirm>;

// A message is a method (a command of the protocol), then a
// header with its size, then pieces of its text. Everything else
// is a single method.
class EventReader {
 public:
  std::optional<Event> take(const amqp_frame_t& frame) {
    if (frame.frame_type == AMQP_FRAME_METHOD) {
      return take(frame.payload.method);
    }
    if (frame.frame_type == AMQP_FRAME_HEADER) {
      missing_ = frame.payload.properties.body_size;
      if (is_returned_) coming_.tag = number_of(frame);
    } else {
      missing_ -= frame.payload.body_fragment.len;
      coming_.text += text_of(frame.payload.body_fragment);
    }
    if (missing_ > 0) return {};
    const Delivery message = std::exchange(coming_, {});
    if (!std::exchange(is_returned_, false)) return message;
    return Confirm{message.tag, false, Fate::returned};
  }

 private:
  std::optional<Event> take(const amqp_method_t& method) {
    void* said = method.decoded;
    if (method.id == AMQP_BASIC_DELIVER_METHOD) {
      const auto* it = static_cast<amqp_basic_deliver_t*>(said);
      coming_ = {it->delivery_tag, it->redelivered != 0, ""};
    } else if (method.id == AMQP_BASIC_RETURN_METHOD) {
      is_returned_ = true;
    } else if (method.id == AMQP_BASIC_ACK_METHOD) {
      const auto* it = static_cast<amqp_basic_ack_t*>(said);
      return Confirm{it->delivery_tag, it->multiple != 0,
                     Fate::confirmed};
    } else if (method.id == AMQP_BASIC_NACK_METHOD) {
      const auto* it = static_cast<amqp_basic_nack_t*>(said);
      return Confirm{it->delivery_tag, it->multiple != 0,
                     Fate::refused};
    } else if (method.id == AMQP_BASIC_CANCEL_METHOD) {
      throw Refused("the queue was deleted");
    }
    check_open("closed by the broker", method);
    return {};
  }

  // A returned message has no tag, but still the id that we gave
  // it: its number.
  static std::uint64_t number_of(const amqp_frame_t& frame) {
    const auto* properties =
        static_cast<amqp_basic_properties_t*>(
            frame.payload.properties.decoded);
    const std::string id = text_of(properties->message_id);
    std::uint64_t number = 0;
    std::from_chars(id.data(), id.data() + id.size(), number);
    return number;
  }

  Delivery coming_;
  bool is_returned_ = false;  // coming_ is one of ours
  std::uint64_t missing_ = 0;
};

}  // namespace amqp
