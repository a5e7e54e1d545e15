// Which function answers what. HEAD is GET without the body, and
// a path that is not there gets an answer, too.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <variant>

#include "request.hpp"
#include "response.hpp"

namespace http {

// `Handler` is called with a Request. It returns a Response, or
// an awaitable that gives one.
template <typename Handler>
class Routes {
 public:
  void add(const std::string& method, const std::string& path,
           Handler handler) {
    routes_[path][method] = std::move(handler);
  }

  // The handler, or the answer if there is none.
  std::variant<Handler, Response> find(
      const Request& request) const {
    const auto path = routes_.find(request.path);
    if (path == routes_.end()) {
      return problem(404, "there is no such path");
    }
    const auto& methods = path->second;
    const auto method = methods.find(
        request.method == "HEAD" ? "GET" : request.method);
    if (method != methods.end()) return method->second;
    std::string allowed;
    for (const auto& [name, handler] : methods) {
      if (!allowed.empty()) allowed += ", ";
      allowed += name == "GET" ? "GET, HEAD" : name;
    }
    Response refusal =
        problem(405, "this path does not allow this method");
    refusal.headers["Allow"] = allowed;
    return refusal;
  }

 private:
  std::map<std::string, std::map<std::string, Handler>> routes_;
};

}  // namespace http
