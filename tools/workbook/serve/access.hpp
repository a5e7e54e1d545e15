// Who may ask the site's server for what. Any page in the browser, and any user of the machine, can
// reach a port of loopback; our pages differ from those by their address, and by a secret.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "../../../lessons/23-web-api/request.hpp"

namespace workbook {

// 256 random bits in hexadecimal digits. Throws std::system_error if the system has none.
std::string new_token();

class Access {
 public:
  explicit Access(unsigned short port);

  // What the pages have to send with each request for /api/, as X-Workbook-Token.
  const std::string& token() const { return token_; }

  // Why this request is refused, as a sentence; nothing if it is not.
  std::optional<std::string> refusal(const http::Request& request) const;

 private:
  std::vector<std::string> hosts_;  // how a browser may call us
  std::string token_;
};

}  // namespace workbook
