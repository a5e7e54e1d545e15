// A descriptor is closed on every way out.
#include "descriptor.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <asio/io_context.hpp>
#include <filesystem>
#include <iterator>
#include <system_error>

using namespace workbook;

namespace {

std::ptrdiff_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return std::distance(begin(all), end(all));
}

}  // namespace

TEST_SUITE_BEGIN("descriptor");

TEST_CASE("a stream that is given a descriptor closes it") {
  asio::io_context loop;
  asio::posix::stream_descriptor stream(loop);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const Descriptor writer(ends[1]);
  const auto before = open_descriptors();
  {
    Descriptor reader(ends[0]);
    give(reader, stream);
    CHECK(reader.get() == -1);
  }
  CHECK(open_descriptors() == before);
  stream.close();
  CHECK(open_descriptors() == before - 1);
}

TEST_CASE("a descriptor that no stream takes is closed") {
  asio::io_context loop;
  asio::posix::stream_descriptor stream(loop);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const Descriptor writer(ends[1]);
  Descriptor reader(ends[0]);
  give(reader, stream);
  const auto before = open_descriptors();
  {
    Descriptor copy(::dup(writer.get()));
    CHECK_THROWS_AS(give(copy, stream), std::system_error);  // it has one already
    CHECK(open_descriptors() == before + 1);
  }
  CHECK(open_descriptors() == before);
}

TEST_SUITE_END();
