#include "resource_limits.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace workbook {
namespace {

bool set_limit(decltype(RLIMIT_CPU) resource, rlim_t soft, rlim_t hard) {
  rlimit current;
  if (::getrlimit(resource, &current) != 0) return false;
  // Only root may raise a limit, so an already lower one stays.
  const rlimit wanted{std::min(soft, current.rlim_max), std::min(hard, current.rlim_max)};
  return ::setrlimit(resource, &wanted) == 0;
}

}  // namespace

bool apply(const ResourceLimits& limits) {
  bool done = true;
  if (limits.cpu_soft || limits.cpu_hard) {
    const auto seconds = [](const auto& limit) {
      return limit ? static_cast<rlim_t>(limit->count()) : RLIM_INFINITY;
    };
    const rlim_t hard = seconds(limits.cpu_hard);
    done = set_limit(RLIMIT_CPU, std::min(seconds(limits.cpu_soft), hard), hard) && done;
  }
  if (limits.file_size) {
    done = set_limit(RLIMIT_FSIZE, *limits.file_size, *limits.file_size) && done;
  }
  if (limits.memory) done = set_limit(RLIMIT_DATA, *limits.memory, *limits.memory) && done;
  if (!limits.core_files) done = set_limit(RLIMIT_CORE, 0, 0) && done;
  return done;
}

}  // namespace workbook
