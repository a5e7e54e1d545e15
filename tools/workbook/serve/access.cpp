#include "access.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace workbook {
namespace {

// Takes the same time wherever they differ. (The token's length is not a secret.)
bool equal_in_constant_time(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (left[i] ^ right[i]));
  }
  return difference == 0;
}

}  // namespace

std::string new_token() {
  std::array<unsigned char, 32> bytes;
  for (std::size_t size = 0; size < bytes.size();) {
    const ssize_t more = ::getrandom(bytes.data() + size, bytes.size() - size, 0);
    if (more < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "The system has no random numbers");
    }
    size += more > 0 ? static_cast<std::size_t>(more) : 0;
  }
  return fmt::format("{:02x}", fmt::join(bytes, ""));
}

Access::Access(unsigned short port) : token_(new_token()) {
  for (const char* name : {"127.0.0.1", "localhost"}) {
    hosts_.push_back(fmt::format("{}:{}", name, port));
    if (port == 80) hosts_.emplace_back(name);
  }
}

std::optional<std::string> Access::refusal(const http::Request& request) const {
  const auto is_ours = [this](const std::string& host) {
    return std::ranges::find(hosts_, host) != hosts_.end();
  };
  // Another site's name may also lead to this machine.
  if (!is_ours(request.header("host"))) {
    return fmt::format("This server is http://{}/ and answers to no other name.", hosts_.front());
  }
  if (request.headers.contains("origin")) {
    constexpr std::string_view scheme = "http://";
    const std::string origin = request.header("origin");
    if (!origin.starts_with(scheme) || !is_ours(origin.substr(scheme.size()))) {
      return "A page of another site may not ask this server.";
    }
  }
  if (!request.path.starts_with("/api/")) return std::nullopt;
  const std::string site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") {
    return "A page of another site may not ask this server.";
  }
  if (!equal_in_constant_time(request.header("x-workbook-token"), token_)) {
    return "The token is missing, or not the one of this server: open the address that "
           "./workbook serve has printed.";
  }
  return std::nullopt;
}

}  // namespace workbook
