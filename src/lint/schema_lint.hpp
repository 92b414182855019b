// SchemaLint: schemas of requests and answers, each looked at once for each of the two.
#pragma once

#include <map>
#include <utility>

#include "lint/collector.hpp"

namespace sallyport::lint {

enum class Use : std::uint8_t { request, answer };

class SchemaLint {
 public:
  SchemaLint(controls::contract::Documents& documents, Collector& collector)
      : documents_(documents), collector_(collector) {}

  // Which rules the schema and everything below it break. An error for a reference to nothing.
  Result<Broken> look(Seen schema, Use use);

 private:
  Result<Broken> look(Seen schema, Use use, bool part);
  Broken values(Seen at, Use use);
  Broken strings(Seen at);
  Broken object(Seen at, Use use, bool part);
  Broken member(Seen at, Use use);

  controls::contract::Documents& documents_;
  Collector& collector_;
  std::map<std::pair<const decode::Value*, Use>, Broken> known_;
};

}  // namespace sallyport::lint
