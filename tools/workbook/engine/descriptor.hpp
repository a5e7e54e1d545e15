// Owns a file descriptor.
#pragma once

#include <unistd.h>

#include <asio/posix/stream_descriptor.hpp>
#include <utility>

namespace workbook {

// A descriptor that is closed on every way out.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }
  void reset(int value = -1) {
    if (value_ >= 0) ::close(value_);
    value_ = value;
  }

 private:
  int value_;
};

// Gives it to `stream`; if that throws, it stays.
inline void give(Descriptor& descriptor, asio::posix::stream_descriptor& stream) {
  stream.assign(descriptor.get());
  descriptor.release();
}

}  // namespace workbook
