// A tokenizer for a small language, a switch per character, over 12 MiB of text.
#define KERNEL_NAME "statemachine"
#include "kernel.h"

enum state { Blank, Word, Number, Fraction, String, Escape, Slash, LineComment, BlockComment, Star, Operator };
static char Text[1 << 20];

static void write_text(void)
{
    static const char *const parts[] = {
        "while", " ", "(x1 <= 42)", "{\n", "  y = 3.14159;", "// line\n", "\"str\\\"ing\"", "/* a * b */", "\n", "name_7 += 10;", "}\t",
    };
    uint32_t seed = 5;
    size_t used = 0;
    while (used < sizeof Text) {
        const char *part = parts[next_random(&seed) % (sizeof parts / sizeof *parts)];
        for (; *part && used < sizeof Text; part++)
            Text[used++] = *part;
    }
}

static enum state start_of(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
        return Word;
    if (c >= '0' && c <= '9')
        return Number;
    switch (c) {
    case ' ': case '\n': case '\t': return Blank;
    case '"': return String;
    case '/': return Slash;
    default: return Operator;
    }
}

uint32_t kernel(void)
{
    uint32_t count[Operator + 1] = { 0 };
    enum state state = Blank;
    write_text();
    for (int round = 0; round < 12; round++)
        for (size_t i = 0; i < sizeof Text; i++) {
            char c = Text[i];
            enum state next = state;
            switch (state) {
            case Word:
                if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
                    next = start_of(c);
                break;
            case Number:
                next = c == '.' ? Fraction : c >= '0' && c <= '9' ? Number : start_of(c);
                break;
            case Fraction:
                if (c < '0' || c > '9')
                    next = start_of(c);
                break;
            case String:
                next = c == '\\' ? Escape : c == '"' ? Blank : String;
                break;
            case Escape:
                next = String;
                break;
            case Slash:
                next = c == '/' ? LineComment : c == '*' ? BlockComment : start_of(c);
                break;
            case LineComment:
                if (c == '\n')
                    next = Blank;
                break;
            case BlockComment:
                if (c == '*')
                    next = Star;
                break;
            case Star:
                next = c == '/' ? Blank : c == '*' ? Star : BlockComment;
                break;
            case Blank:
            case Operator:
                next = start_of(c);
                break;
            }
            if (next != state)
                count[next]++;
            state = next;
        }
    uint32_t sum = 0;
    for (int i = 0; i <= Operator; i++)
        sum = sum * 131 + count[i];
    return sum;
}
