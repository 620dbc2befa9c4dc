/*
 * P-224 with OpenSSL's code for any curve. The one written for it alone is almost as large as that
 * for P-256, and hardly any certificate has such a key.
 */
#include <openssl/ec.h>

const EC_METHOD *EC_GFp_nistp224_method(void)
{
    return EC_GFp_mont_method();
}

/* Multiples of a point that only the code left out makes. */
void EC_nistp224_pre_comp_free(void *multiples)
{
}

void *EC_nistp224_pre_comp_dup(void *multiples)
{
    return multiples;
}
