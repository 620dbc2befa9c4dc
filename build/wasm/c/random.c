/*
 * Random numbers for OpenSSL in WebAssembly: the host's, always. OpenSSL's own generators are passed
 * by, so no state of theirs can be copied with the memory of an instance or be left without a seed.
 */
#include <openssl/rand.h>

__attribute__((import_module("wasi_snapshot_preview1"), import_name("random_get"))) int
host_random(unsigned char *to, size_t length);

/* 1 on success, 0 on failure, as OpenSSL wants it. */
static int bytes(unsigned char *to, int length)
{
    return length >= 0 && host_random(to, (size_t)length) == 0;
}

static int seed(const void *from, int length)
{
    return 1;
}

static int add(const void *from, int length, double entropy)
{
    return 1;
}

static int status(void)
{
    return 1;
}

static const RAND_METHOD host = { seed, bytes, NULL, add, bytes, status };

__attribute__((constructor)) static void use_host(void)
{
    if (RAND_set_rand_method(&host) != 1)
        __builtin_trap();
}
