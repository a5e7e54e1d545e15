// How far a consumer is if it works on several messages at the
// same time. Look at what it may commit if the first ends last.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "library.hpp"

namespace kafka {

class Progress {
 public:
  void started(Place place) {
    Partition& partition = partitions_[place.partition];
    partition.open.insert(place.offset);
    partition.last = place.offset;
  }

  // The last place up to which every message is done: a commit
  // may go as far as that.
  Place done(Place place) {
    Partition& partition = partitions_[place.partition];
    partition.open.erase(place.offset);
    const auto& open = partition.open;
    place.offset =
        open.empty() ? partition.last : *open.begin() - 1;
    return place;
  }

 private:
  struct Partition {
    std::set<std::int64_t> open;  // started, and not done
    std::int64_t last = 0;        // started last
  };
  std::map<int, Partition> partitions_;
};

}  // namespace kafka
