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

/*
 * What OpenSSL's own generators are seeded from, in place of providers/implementations/rands/seeding.
 * No number comes from them, but some functions ask how strong they are: RSA keys of 2048 bits and
 * more are made only where one of 112 bits and more could be set up.
 */
typedef struct rand_pool_st RAND_POOL;
size_t ossl_rand_pool_bytes_needed(RAND_POOL *pool, unsigned int factor);
unsigned char *ossl_rand_pool_add_begin(RAND_POOL *pool, size_t length);
int ossl_rand_pool_add_end(RAND_POOL *pool, size_t length, size_t entropy);
size_t ossl_rand_pool_entropy_available(RAND_POOL *pool);
int ossl_rand_pool_add(RAND_POOL *pool, const unsigned char *from, size_t length, size_t entropy);

size_t ossl_pool_acquire_entropy(RAND_POOL *pool)
{
    size_t length = ossl_rand_pool_bytes_needed(pool, 1);
    unsigned char *to = ossl_rand_pool_add_begin(pool, length);

    if (to != NULL && host_random(to, length) == 0)
        ossl_rand_pool_add_end(pool, length, 8 * length);
    return ossl_rand_pool_entropy_available(pool);
}

int ossl_pool_add_nonce_data(RAND_POOL *pool)
{
    unsigned char nonce[16];

    return host_random(nonce, sizeof(nonce)) == 0 &&
           ossl_rand_pool_add(pool, nonce, sizeof(nonce), 0);
}

int ossl_rand_pool_init(void)
{
    return 1;
}

void ossl_rand_pool_cleanup(void)
{
}

void ossl_rand_pool_keep_random_devices_open(int keep)
{
}
