// Values written as one text. A room gives its own types a place in configurations by
// specialising Scalar (say for a rate, "5/minute"): errors, schema and reference then know it.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "config/any_table.hpp"
#include "config/cidr.hpp"
#include "config/duration.hpp"
#include "config/endpoint.hpp"
#include "config/size.hpp"

namespace sallyport::config {

template <class T>
struct Scalar;

// The members of a Scalar. `parse` fails with "expected …" as its message and may add a hint;
// what was found is added by the caller.
template <class T>
concept Textual = requires(std::string_view text, const T& value) {
  { Scalar<T>::name } -> std::convertible_to<std::string_view>;     // "duration"
  { Scalar<T>::pattern } -> std::convertible_to<std::string_view>;  // ECMA-262, or empty
  { Scalar<T>::parse(text) } -> std::same_as<Result<T>>;
  { Scalar<T>::format(value) } -> std::convertible_to<std::string>;
};

template <>
struct Scalar<Duration> {
  static constexpr std::string_view name = "duration";
  static constexpr std::string_view pattern =
      "^(0|(?=.)([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$";
  static Result<Duration> parse(std::string_view text) {
    if (const auto duration = parse_duration(text)) return *duration;
    return fail(ErrorCode::invalid, "expected a duration such as 10s or 1m30s");
  }
  static std::string format(Duration duration) { return format_duration(duration); }
};

template <>
struct Scalar<Size> {
  static constexpr std::string_view name = "size";
  static constexpr std::string_view pattern = "^[0-9]+(B|KiB|MiB|GiB|TiB)?$";
  static Result<Size> parse(std::string_view text) {
    if (const auto size = parse_size(text)) return *size;
    return fail(ErrorCode::invalid, "expected a size such as 64KiB or 1MiB");
  }
  static std::string format(Size size) { return format_size(size); }
};

template <>
struct Scalar<Cidr> {
  static constexpr std::string_view name = "network";
  static constexpr std::string_view pattern = "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$";
  static Result<Cidr> parse(std::string_view text) { return parse_cidr(text); }
  static std::string format(const Cidr& cidr) { return format_cidr(cidr); }
};

template <>
struct Scalar<Endpoint> {
  static constexpr std::string_view name = "endpoint";
  static constexpr std::string_view pattern = "^(unix:/.+|[0-9.]+:[0-9]+|\\[[0-9a-fA-F:.]+\\]:[0-9]+)$";
  static Result<Endpoint> parse(std::string_view text) { return parse_endpoint(text); }
  static std::string format(const Endpoint& endpoint) { return format_endpoint(endpoint); }
};

}  // namespace sallyport::config
