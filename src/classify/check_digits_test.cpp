#include "classify/check_digits.hpp"

#include <gtest/gtest.h>

#include <limits>

#include <string>

#include "classify/card.hpp"
#include "classify/crypto_address.hpp"
#include "classify/iban.hpp"
#include "classify/national_codes.hpp"
#include "classify/national_numbers.hpp"

namespace sallyport::classify {
namespace {

// A check digit that is any good notices each change of one digit.
template <class Check>
void notices_each_digit(std::string good, Check check) {
  ASSERT_TRUE(check(good)) << good;
  for (std::size_t i = 0; i < good.size(); ++i) {
    if (!is_digit(good[i])) continue;
    const char was = good[i];
    for (char c = '0'; c <= '9'; ++c) {
      good[i] = c;
      if (c != was) EXPECT_FALSE(check(good)) << good;
    }
    good[i] = was;
  }
}

TEST(Number, DoesNotOverflow) {
  EXPECT_EQ(number("2147483637"), 2147483637);
  EXPECT_EQ(number("5210198210209"), std::numeric_limits<int>::max());
}

TEST(CheckDigits, NoticeEachChangedDigit) {
  notices_each_digit("79927398713", luhn);
  notices_each_digit("2363", verhoeff);
  notices_each_digit("234123412346", verhoeff);
  notices_each_digit("GB82WEST12345698765432", is_iban);
  notices_each_digit("86095742719", mod11_10);
  notices_each_digit("4006381333931", ean);
}

TEST(CheckDigits, VerhoeffNoticesSwappedNeighbours) {
  for (std::string text = "234123412346"; const std::size_t i : {0u, 3u, 5u, 9u}) {
    std::swap(text[i], text[i + 1]);
    EXPECT_FALSE(verhoeff(text)) << text;
    std::swap(text[i], text[i + 1]);
  }
}

TEST(CheckDigits, KnowTheCalendar) {
  EXPECT_TRUE(is_day(2000, 2, 29));
  EXPECT_FALSE(is_day(1900, 2, 29));
  EXPECT_FALSE(is_day(2023, 2, 29));
  EXPECT_FALSE(is_day(2024, 4, 31));
  EXPECT_FALSE(is_day(2024, 0, 1));
  EXPECT_FALSE(is_day(2024, 13, 1));
  EXPECT_FALSE(is_day(2024, 1, 0));
}

TEST(NationalNumbers, HoldTheirRules) {
  EXPECT_TRUE(is_national_number(Type::us_ssn, "536221234"));
  EXPECT_FALSE(is_national_number(Type::us_ssn, "900221234"));
  EXPECT_TRUE(is_national_number(Type::us_itin, "912651234"));
  EXPECT_FALSE(is_national_number(Type::us_itin, "912661234"));
  EXPECT_FALSE(is_national_number(Type::us_itin, "912931234"));
  EXPECT_FALSE(is_national_number(Type::us_ein, "071234567"));
  EXPECT_TRUE(is_national_number(Type::de_tax_id, "65929970489"));
  EXPECT_FALSE(is_national_number(Type::de_tax_id, "12345678903"));   // no digit twice
  EXPECT_TRUE(is_national_number(Type::be_national, "17073003384"));  // born in this century
  EXPECT_FALSE(is_national_number(Type::za_id, "7513305044089"));     // month 13
  for (const auto& [type, good] :
       std::initializer_list<std::pair<Type, const char*>>{{Type::br_cnpj, "16727230000197"},
                                                           {Type::pl_pesel, "44051401359"},
                                                           {Type::hr_oib, "33392005961"},
                                                           {Type::nl_bsn, "111222333"},
                                                           {Type::uk_nhs, "9434765919"},
                                                           {Type::npi, "1234567893"},
                                                           {Type::bank_routing, "111000025"},
                                                           {Type::tr_tckn, "17291716060"},
                                                           {Type::no_fodselsnummer, "15108695088"},
                                                           {Type::ca_sin, "123456782"},
                                                           {Type::jp_my_number, "123456789018"}}) {
    notices_each_digit(good, [type](std::string_view text) { return is_national_number(type, text); });
  }
}

TEST(Cards, StandInTheRangesOfTheirNetworks) {
  for (const char* good :
       {"4000123412341234", "5100000000000008", "2221000000000009", "2720990000000000", "340000000000009",
        "6011000000000004", "6440000000000000", "3528000000000000", "36000000000000", "30000000000000",
        "6221260000000000", "6304000000000000", "4000000000000", "4000000000000000000"}) {
    EXPECT_TRUE(in_issuer_range(good)) << good;
  }
  for (const char* bad : {"9000000000000000", "2220990000000000", "2721000000000000", "35270000000000000",
                          "41234567890123", "34000000000000", "3400000000000000", "1000000000000000"}) {
    EXPECT_FALSE(in_issuer_range(bad)) << bad;
  }
}

TEST(CryptoAddresses, NeedTheirChecksum) {
  EXPECT_TRUE(is_base58check("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"));
  EXPECT_TRUE(is_base58check("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"));
  EXPECT_FALSE(is_base58check("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN1"));
  EXPECT_TRUE(is_bech32("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"));  // Bech32m
  EXPECT_FALSE(is_bech32("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj1"));
}

TEST(CodiceFiscale, KnowsReplacedDigits) {
  EXPECT_TRUE(is_codice_fiscale("RSSMRA85T10A562S"));
  EXPECT_FALSE(is_codice_fiscale("RSSMRA85T10A562A"));
  EXPECT_FALSE(is_codice_fiscale("RSSMRA85T40A562S"));  // day 40
}

TEST(Types, HaveANameAndAClass) {
  EXPECT_EQ(name_of(Type::card), "card");
  EXPECT_EQ(class_of(Type::npi), DataClass::phi);
  EXPECT_EQ(type_named("jwt"), Type::jwt);
  EXPECT_FALSE(type_named("no such type"));
  TypeSet set;
  EXPECT_TRUE(set.empty());
  set.add(Type::stack_trace);
  EXPECT_TRUE(set.has(Type::stack_trace));
  EXPECT_FALSE(set.has(Type::card));
}

}  // namespace
}  // namespace sallyport::classify
