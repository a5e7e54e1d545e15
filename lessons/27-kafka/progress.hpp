// How far one is, if messages are worked on at the same time.
// Look at what may be committed when the first is done last.
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

  // Where the last message lies before which nothing is open: up
  // to there one may commit.
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
    std::int64_t last = 0;        // started most lately
  };
  std::map<int, Partition> partitions_;
};

}  // namespace kafka
