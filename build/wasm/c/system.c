/*
 * What OpenSSL would ask an operating system for, and WebAssembly does not have: no files, no
 * environment, no other process. Each function fails as its manual says for a file that is missing.
 * So the C library's own, and with them the calls of the host that they need, stay out of the module.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <openssl/rand.h>

char *getenv(const char *name)
{
    return NULL;
}

int stat(const char *restrict path, struct stat *restrict found)
{
    errno = ENOENT;
    return -1;
}

const char *OPENSSL_DIR_read(void **folder, const char *path)
{
    errno = ENOENT;
    return NULL;
}

int OPENSSL_DIR_end(void **folder)
{
    return 1;
}

int RAND_load_file(const char *path, long most)
{
    return -1;
}

int RAND_write_file(const char *path)
{
    return -1;
}

const char *RAND_file_name(char *to, size_t length)
{
    return NULL;
}

/* OpenSSL reads the port of a URL with it, and nothing else: "%u" and "%d". */
int sscanf(const char *restrict text, const char *restrict format, ...)
{
    char *end;
    unsigned long number;
    va_list arguments;

    if (format[0] != '%' || (format[1] != 'u' && format[1] != 'd') || format[2] != '\0')
        __builtin_trap();
    number = strtoul(text, &end, 10);
    if (end == text)
        return 0;
    va_start(arguments, format);
    *va_arg(arguments, unsigned int *) = (unsigned int)number;
    va_end(arguments);
    return 1;
}
