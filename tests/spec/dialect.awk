# Binaryen's older or own forms of a script's text, as today's wast2json reads them. Lines stay lines, so that their numbers still mean the same.
# Usage: awk -v script=NAME -v dropped=" LINE LINE ... " -f dialect.awk NAME.wast     A form that begins at a dropped line is left empty.

# The result types of the exports of the last module, for assertions that name no type.
/^\(module/ { split("", result) }
match($0, /\(export "[^"]+"/) { export = substr($0, RSTART + 9, RLENGTH - 10) }
match($0, /\(result f(32|64)\)/) { result[export] = substr($0, RSTART + 8, 3) }

/^\(assert_return_(canonical_|arithmetic_)?nan / {
  match($0, /"[^"]+"/)
  type = result[substr($0, RSTART + 1, RLENGTH - 2)]
  kind = $0 ~ /_canonical_/ ? "canonical" : "arithmetic"
  if (type == "" || sub(/\)$/, " (" type ".const nan:" kind "))") == 0) {
    print script ":" NR ": no type of result is known for " $0 >"/dev/stderr"
    exit 1
  }
  sub(/assert_return_[a-z_]*nan/, "assert_return")
}

# A trap without its message: what of them there is, is out of bounds.
/^\(assert_trap \(invoke .*\)\)\)$/ && script ~ /^bulk-memory/ { sub(/\)$/, " \"out of bounds\")") }

# (block i32 ...) for (block (result i32) ...).
{
  while (match($0, /\((block|loop|if) [if](32|64)( |$)/)) {
    split(substr($0, RSTART + 1, RLENGTH - 1), word, " ")
    $0 = substr($0, 1, RSTART) word[1] " (result " word[2] ")" substr($0, RSTART + 1 + length(word[1] " " word[2]))
  }
}

script == "atomics" { sub(/\(shared 23 256\)/, "23 256 shared") }
script == "elem" && $0 == "(assert_unlinkable" { $0 = "(assert_trap" }
script == "elem" && /"elements segment does not fit"/ { sub(/"[^"]*"/, "\"out of bounds table access\"") }
# The sign of a computed NaN is not laid down.
script == "simd" && /^\(assert_return .* nan[ )]/ && match($0, /\)\) \(v128\.const f[^()]*\)\)$/) {
  expected = substr($0, RSTART)
  gsub(/ nan/, " nan:canonical", expected)
  $0 = substr($0, 1, RSTART - 1) expected
}

# Lanes of a vector that are more than its shape has.
script == "simd" {
  done = ""
  while (match($0, /\(v128\.const i32x4 [^)]*\)/)) {
    lanes = split(substr($0, RSTART, RLENGTH), word, " ") - 2
    done = done substr($0, 1, RSTART + 11) (lanes == 16 ? "i8x16" : lanes == 8 ? "i16x8" : "i32x4") substr($0, RSTART + 17, RLENGTH - 17)
    $0 = substr($0, RSTART + RLENGTH)
  }
  $0 = done $0
}
script == "call_indirect_refnull" { sub(/"uninitialized table element"/, "\"uninitialized element\"") }
script == "old_call_indirect" || script == "call_indirect_sig_mismatch" { sub(/"(indirect call signature mismatch|callIndirect: function signatures don.t match)"/, "\"indirect call type mismatch\"") }
script == "elem" { sub(/\(elem (\$t|0x0|0x000) \(/, "(elem (table 0) (") }
script == "elem_reftypes" || script == "table" { gsub(/\(ref null func\)/, "funcref") }
script == "float_memory64" && match($0, /\(data i64 "[^"]+"\)/) {
  $0 = substr($0, 1, RSTART - 1) "i64 1 1) (data (i64.const 0) " substr($0, RSTART + 10, RLENGTH - 11) substr($0, RSTART + RLENGTH)
}
script == "simd" || script ~ /^old_float/ { gsub(/infinity/, "inf") }

# Which of the quiet NaNs an instruction gives was laid down once.
script == "old_float_exprs" && /nan:0x[24]0+\)\)/ { sub(/nan:0x(400000|8000000000000)\)\)$/, "nan:arithmetic))") }
script ~ /^old_/ && /"spectest" "print"/ {
  if (/\(param i(32|64)\)/) sub(/"print"/, /i32/ ? "\"print_i32\"" : "\"print_i64\"")
  if (/\(param i32 f32\)/) sub(/"print"/, "\"print_i32_f32\"")
}
script == "exception-handling" {
  # What a catch gives stands on the stack; Binaryen has an instruction that names it.
  gsub(/\(pop [if0-9 ]+\)/, "")
  sub(/\(local \$x \(i32 f32\)\)/, "(local $x f32)")
  sub(/\(tuple.extract 0$/, "(drop")
  sub(/^\(assert_trap/, "(assert_exception")
  # Behind a try whose every part ends elsewhere; Binaryen derives that.
  if (NR == 136 || NR == 163 || NR == 198) $0 = "(unreachable)" $0
}
script == "ref_func" && !registered && /^\)/ { $0 = ") (register \"M\")"; registered = 1 }

{ line[NR] = $0 }

END {
  for (i = 1; i <= NR; i++) {
    if (depth == 0 && line[i] ~ /^\(/)
      drop = index(dropped, " " i " ")
    count = length(line[i])
    for (k = 1; k <= count && script != ""; k++) {
      c = substr(line[i], k, 1)
      if (text) {
        if (c == "\\") k++
        else if (c == "\"") text = 0
      } else if (c == "\"") text = 1
      else if (c == ";" && substr(line[i], k + 1, 1) == ";" && !remark) break
      else if (c == "(" && substr(line[i], k + 1, 1) == ";") remark++
      else if (c == ";" && substr(line[i], k + 1, 1) == ")") { remark--; k++ }
      else if (!remark && c == "(") depth++
      else if (!remark && c == ")") depth--
    }
    print drop ? "" : line[i]
  }
}
