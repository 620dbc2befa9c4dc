/*
 * ChaCha20 of RFC 8439 with the 128-bit vectors of WebAssembly, four blocks at a time: it stands in
 * for the function of the same name in OpenSSL's crypto/chacha/chacha_enc.c. A vector holds the same
 * word of four blocks. No branch and no address depends on the key or the data.
 */
#include <stddef.h>
#include <wasm_simd128.h>

#define BATCH 256

/* The bytes of each word, turned by 16 and by 8 bits. */
#define LEFT16(v) wasm_i8x16_shuffle(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)
#define LEFT8(v) wasm_i8x16_shuffle(v, v, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14)
#define LEFT(v, n) wasm_v128_or(wasm_i32x4_shl(v, n), wasm_u32x4_shr(v, 32 - (n)))

#define QUARTER(a, b, c, d)                                                                        \
    a = wasm_i32x4_add(a, b), d = LEFT16(wasm_v128_xor(d, a)), c = wasm_i32x4_add(c, d),           \
    b = wasm_v128_xor(b, c), b = LEFT(b, 12), a = wasm_i32x4_add(a, b),                            \
    d = LEFT8(wasm_v128_xor(d, a)), c = wasm_i32x4_add(c, d), b = wasm_v128_xor(b, c),             \
    b = LEFT(b, 7)

/* Four words of each of four blocks: from a vector a word to a vector a block. */
static inline void turn(v128_t w[4])
{
    v128_t low01 = wasm_i32x4_shuffle(w[0], w[1], 0, 4, 1, 5);
    v128_t high01 = wasm_i32x4_shuffle(w[0], w[1], 2, 6, 3, 7);
    v128_t low23 = wasm_i32x4_shuffle(w[2], w[3], 0, 4, 1, 5);
    v128_t high23 = wasm_i32x4_shuffle(w[2], w[3], 2, 6, 3, 7);

    w[0] = wasm_i64x2_shuffle(low01, low23, 0, 2);
    w[1] = wasm_i64x2_shuffle(low01, low23, 1, 3);
    w[2] = wasm_i64x2_shuffle(high01, high23, 0, 2);
    w[3] = wasm_i64x2_shuffle(high01, high23, 1, 3);
}

/* `to` gets `from` xor the next four blocks of the key stream. */
static inline void four_blocks(unsigned char *to, const unsigned char *from, const v128_t start[16])
{
    v128_t x[16];

    for (int i = 0; i < 16; i++)
        x[i] = start[i];
    for (int i = 0; i < 10; i++) {
        QUARTER(x[0], x[4], x[8], x[12]);
        QUARTER(x[1], x[5], x[9], x[13]);
        QUARTER(x[2], x[6], x[10], x[14]);
        QUARTER(x[3], x[7], x[11], x[15]);
        QUARTER(x[0], x[5], x[10], x[15]);
        QUARTER(x[1], x[6], x[11], x[12]);
        QUARTER(x[2], x[7], x[8], x[13]);
        QUARTER(x[3], x[4], x[9], x[14]);
    }
    for (int row = 0; row < 4; row++) {
        v128_t *words = x + 4 * row;

        for (int i = 0; i < 4; i++)
            words[i] = wasm_i32x4_add(words[i], start[4 * row + i]);
        turn(words);
        for (int block = 0; block < 4; block++) {
            size_t at = 64 * block + 16 * row;

            wasm_v128_store(to + at, wasm_v128_xor(wasm_v128_load(from + at), words[block]));
        }
    }
}

void ChaCha20_ctr32(unsigned char *to, const unsigned char *from, size_t length,
                    const unsigned int key[8], const unsigned int counter[4])
{
    v128_t start[16] = { wasm_i32x4_const_splat(0x61707865), wasm_i32x4_const_splat(0x3320646e),
                         wasm_i32x4_const_splat(0x79622d32), wasm_i32x4_const_splat(0x6b206574) };

    for (int i = 0; i < 8; i++)
        start[4 + i] = wasm_i32x4_splat(key[i]);
    for (int i = 0; i < 4; i++)
        start[12 + i] = wasm_i32x4_splat(counter[i]);
    start[12] = wasm_i32x4_add(start[12], wasm_i32x4_const(0, 1, 2, 3));

    for (; length >= BATCH; length -= BATCH, to += BATCH, from += BATCH) {
        four_blocks(to, from, start);
        start[12] = wasm_i32x4_add(start[12], wasm_i32x4_const_splat(4));
    }
    if (length > 0) {
        static const unsigned char zeros[BATCH];
        unsigned char stream[BATCH];

        four_blocks(stream, zeros, start);
        for (size_t i = 0; i < length; i++)
            to[i] = from[i] ^ stream[i];
        __builtin_memset(stream, 0, sizeof stream);
        __asm__ volatile("" : : "r"(stream) : "memory");
    }
}
