// LearnedApi: an API as its calls show it: path templates, methods, statuses, parameters and bodies. With a
// specification its paths are known beforehand: calls are counted for them, and only the others are learned.
//
//   LearnedApi api;                       // or LearnedApi::against(spec)
//   api.add(sighting); …                  // by the readers of source.hpp
//   const auto endpoints = api.endpoints();
//
// Bounded: max_paths different methods and paths outside of the specification, max_parameters of each; further
// ones are counted in left_out().
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sallyport/arena.hpp>
#include <sallyport/operation.hpp>

#include "discover/shape.hpp"
#include "discover/sighting.hpp"
#include "inventory/learned_paths.hpp"
#include "spec/openapi.hpp"
#include "spec/router.hpp"

namespace sallyport::discover {

// What calls of one endpoint showed.
struct Seen {
  std::uint64_t calls = 0;
  std::map<std::uint16_t, std::uint64_t> statuses;
  struct Parameter {
    Shape shape;
    std::uint64_t calls = 0;
  };
  std::map<std::string, Parameter, std::less<>> query;
  // JSON bodies; of answers by status. The key of `types` is the media type alone.
  Shape request;
  std::map<std::uint16_t, Shape> answers;
  std::map<std::string, std::uint64_t, std::less<>> request_types;

  void merge(const Seen& other);
};

struct LearnedEndpoint {
  std::string method;
  std::string path;                       // "/orders/{orderId}"
  std::vector<std::string> variables;     // their names, in order
  std::vector<inventory::Segment> kinds;  // and what their values are; empty with a specification
  const Operation* declared = nullptr;    // of the specification
  Seen seen;
};

class LearnedApi {
 public:
  static constexpr std::size_t max_paths = 400'000;
  static constexpr std::size_t max_parameters = 64;
  static constexpr std::size_t max_parameter = 64;  // bytes of a name

  LearnedApi() = default;
  // The error is that of a specification that cannot be mounted.
  [[nodiscard]] static Result<std::unique_ptr<LearnedApi>> against(const Spec& spec);
  LearnedApi(const LearnedApi&) = delete;
  LearnedApi& operator=(const LearnedApi&) = delete;

  void add(const Sighting& sighting);
  // By path and method: all that the specification has, and those outside of it that were answered.
  [[nodiscard]] std::vector<LearnedEndpoint> endpoints();

  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
  [[nodiscard]] const Api& api() const { return api_; }
  // Of Spec::operations, the one that this operation is.
  [[nodiscard]] std::uint32_t origin(const Operation& operation) const { return origins_.at(operation.index); }

 private:
  [[nodiscard]] Seen* place_of(const Sighting& sighting);
  void add_query(Seen& seen, std::string_view query);
  void add_bodies(Seen& seen, const Sighting& sighting);

  Api api_;
  Router router_;
  std::vector<std::uint32_t> origins_;
  std::vector<Seen> declared_;
  std::unordered_map<std::string, Seen> others_;  // "GET /path"
  std::string lookup_;
  Arena arena_;
  std::uint64_t calls_ = 0;
  std::uint64_t left_out_ = 0;
};

// Names for the variables of "/users/{}/orders/{}": userId, orderId. Each once.
[[nodiscard]] std::vector<std::string> variable_names(std::string_view path);

}  // namespace sallyport::discover
