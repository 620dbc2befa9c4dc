/**
 * The declared functions of names, object identifiers, ASN.1 values. `row.ts` says how a row reads.
 *
 * @module
 */

/** Perl's name and the row of each: as text, which loads fastest. */
export const NAME = `
X509_NAME_add_entry_by_NID: int X509_NAME_add_entry_by_NID(X509_NAME name, int nid, int type, bytes data, int loc=-1, int set=0)
X509_NAME_add_entry_by_OBJ: int X509_NAME_add_entry_by_OBJ(X509_NAME name, ASN1_OBJECT obj, int type, bytes data, int loc=-1, int set=0)
X509_NAME_add_entry_by_txt: int X509_NAME_add_entry_by_txt(X509_NAME name, str field, int type, bytes data, int loc=-1, int set=0)
X509_NAME_cmp: int X509_NAME_cmp(X509_NAME a, X509_NAME b)
X509_NAME_digest: int X509_NAME_digest(X509_NAME data, EVP_MD type, >md)
X509_NAME_entry_count: int X509_NAME_entry_count(X509_NAME name)
X509_NAME_ENTRY_get_data: of ASN1_STRING X509_NAME_ENTRY_get_data(X509_NAME_ENTRY ne)
X509_NAME_ENTRY_get_object: of ASN1_OBJECT X509_NAME_ENTRY_get_object(X509_NAME_ENTRY ne)
X509_NAME_get_entry: of X509_NAME_ENTRY X509_NAME_get_entry(X509_NAME name, int loc)
X509_NAME_new: new X509_NAME X509_NAME_new()
X509_NAME_oneline: freed X509_NAME_oneline(X509_NAME name, null, =int:0)
OBJ_cmp: int OBJ_cmp(ASN1_OBJECT a, ASN1_OBJECT b)
OBJ_dup: new ASN1_OBJECT OBJ_dup(ASN1_OBJECT o)
OBJ_ln2nid: int OBJ_ln2nid(str s)
OBJ_nid2ln: str OBJ_nid2ln(int n)
OBJ_nid2obj: static ASN1_OBJECT OBJ_nid2obj(int n)
OBJ_nid2sn: str OBJ_nid2sn(int n)
OBJ_obj2nid: int OBJ_obj2nid(ASN1_OBJECT o)
OBJ_sn2nid: int OBJ_sn2nid(str s)
OBJ_txt2nid: int OBJ_txt2nid(str s)
OBJ_txt2obj: new ASN1_OBJECT OBJ_txt2obj(str s, int no_name=0)
ASN1_INTEGER_free: void ASN1_INTEGER_free(free ASN1_INTEGER i)
ASN1_INTEGER_get: long ASN1_INTEGER_get(ASN1_INTEGER a)
ASN1_INTEGER_new: new ASN1_INTEGER ASN1_INTEGER_new()
ASN1_INTEGER_set: int ASN1_INTEGER_set(ASN1_INTEGER i, long val)
ASN1_TIME_free: void ASN1_TIME_free(free ASN1_TIME s)
ASN1_TIME_new: new ASN1_TIME ASN1_TIME_new()
ASN1_TIME_set: self ASN1_TIME_set(ASN1_TIME s, time t)
P_ASN1_TIME_put2string: int ASN1_TIME_print(>text, ASN1_TIME tm)
P_ASN1_UTCTIME_put2string: int ASN1_TIME_print(>text, ASN1_TIME tm)
`;
