// Context: what the words next to a value say that it is. Most numbers mean nothing by themselves:
// nine digits are a passport where "passport" stands before them, and an order elsewhere.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sallyport::classify {

enum class Kind : std::uint8_t {
  identifier,  // of things: order, invoice, tracking, timestamp: no card unless said
  card,
  card_code,
  iban,
  account,
  routing,
  bic,
  vat,
  crypto,
  email,
  phone,
  birth,
  person,
  address,
  ip,
  latitude,
  longitude,
  coordinates,
  passport,
  licence,
  national,  // any national number
  ssn,
  itin,
  ein,
  nino,
  tax_de,
  pension_de,
  nir,
  dni,
  codice_fiscale,
  bsn,
  be,
  ahv,
  svnr,
  pesel,
  se,
  no,
  hetu,
  cpr,
  rc,
  cnp,
  egn,
  oib,
  isikukood,
  nif,
  pps,
  amka,
  tckn,
  teudat,
  snils,
  sin,
  curp,
  cpf,
  cnpj,
  cuit,
  rut,
  aadhaar,
  pan_in,
  cn,
  my_number,
  rrn,
  nric,
  hkid,
  tw,
  th,
  tfn,
  za,
  tax,  // tax: any country's
  mrn,
  npi,
  dea,
  mbi,
  nhs,
  medicare_au,
  diagnosis,
  password,
  secret,
  aws_secret,
  authorization,
};

// A set of kinds.
class Kinds {
 public:
  constexpr Kinds() = default;
  constexpr Kinds(std::initializer_list<Kind> kinds) {
    for (const Kind kind : kinds) add(kind);
  }
  constexpr void add(Kind kind) { words_[at(kind)] |= bit(kind); }
  constexpr void add(const Kinds& other) {
    words_[0] |= other.words_[0];
    words_[1] |= other.words_[1];
  }
  [[nodiscard]] constexpr bool has(Kind kind) const { return (words_[at(kind)] & bit(kind)) != 0; }
  [[nodiscard]] constexpr bool any_of(const Kinds& other) const {
    return ((words_[0] & other.words_[0]) | (words_[1] & other.words_[1])) != 0;
  }
  [[nodiscard]] constexpr bool empty() const { return (words_[0] | words_[1]) == 0; }
  friend constexpr bool operator==(const Kinds&, const Kinds&) = default;

 private:
  static constexpr std::size_t at(Kind kind) { return static_cast<std::size_t>(kind) / 64; }
  static constexpr std::uint64_t bit(Kind kind) { return std::uint64_t{1} << (static_cast<unsigned>(kind) % 64); }
  std::array<std::uint64_t, 2> words_{};
};

// What a field's name says: "ssn", "cardNumber", "date_of_birth", "passport-no". The name must end
// with the telling words, or with fillers behind them: "ssn_last4", "phone_type" and
// "password_changed_at" say nothing. Empty and filler-only names ("number", "value", "0") say
// nothing either, and `silent` of them is true: ask the field that they are in.
struct NameKinds {
  Kinds kinds;
  bool silent = false;
};
[[nodiscard]] NameKinds kinds_of_name(std::string_view name);

// What the words right before text[at] say, at most max_look bytes back: "SSN: ", "passport no. ",
// "date of birth was ". Between those words and `at` only fillers and one other word may stand.
inline constexpr std::size_t max_look = 48;
[[nodiscard]] Kinds kinds_before(std::string_view text, std::size_t at);

}  // namespace sallyport::classify
