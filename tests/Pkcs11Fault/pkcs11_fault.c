/*
 * A PKCS#11 module that forwards to another one and injects faults by a control file. See README.md.
 * Build: ./build.sh [output]
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

typedef unsigned long CK_ULONG, CK_RV;
typedef unsigned char CK_BYTE;
typedef struct { CK_BYTE major, minor; } CK_VERSION;

enum {
  CKR_OK = 0x0, CKR_GENERAL_ERROR = 0x5, CKR_FUNCTION_FAILED = 0x6, CKR_ARGUMENTS_BAD = 0x7, CKR_FUNCTION_NOT_SUPPORTED = 0x54,
  CKR_DEVICE_REMOVED = 0x32, CKR_TOKEN_NOT_PRESENT = 0xE0,
  CKR_CRYPTOKI_NOT_INITIALIZED = 0x190, CKR_BUFFER_TOO_SMALL = 0x150
};
enum { CKF_FIND_OBJECTS = 0x40, CKF_SIGN = 0x800 };

/* All functions of CK_FUNCTION_LIST 2.40 in its order: plain ones are forwarded as they are, own ones are below. */
#define P(...) (__VA_ARGS__)
typedef CK_ULONG U;
typedef void *V;
#define FUNCTIONS(plain, own) \
  own(C_Initialize, P(V a), P(a)) \
  own(C_Finalize, P(V a), P(a)) \
  plain(C_GetInfo, P(V a), P(a)) \
  own(C_GetFunctionList, P(V a), P(a)) \
  own(C_GetSlotList, P(CK_BYTE a, V b, U *c), P(a, b, c)) \
  plain(C_GetSlotInfo, P(U a, V b), P(a, b)) \
  own(C_GetTokenInfo, P(U a, V b), P(a, b)) \
  plain(C_GetMechanismList, P(U a, V b, V c), P(a, b, c)) \
  plain(C_GetMechanismInfo, P(U a, U b, V c), P(a, b, c)) \
  plain(C_InitToken, P(U a, V b, U c, V d), P(a, b, c, d)) \
  plain(C_InitPIN, P(U a, V b, U c), P(a, b, c)) \
  plain(C_SetPIN, P(U a, V b, U c, V d, U e), P(a, b, c, d, e)) \
  own(C_OpenSession, P(U a, U b, V c, V d, U *e), P(a, b, c, d, e)) \
  own(C_CloseSession, P(U a), P(a)) \
  own(C_CloseAllSessions, P(U a), P(a)) \
  plain(C_GetSessionInfo, P(U a, V b), P(a, b)) \
  plain(C_GetOperationState, P(U a, V b, V c), P(a, b, c)) \
  plain(C_SetOperationState, P(U a, V b, U c, U d, U e), P(a, b, c, d, e)) \
  plain(C_Login, P(U a, U b, V c, U d), P(a, b, c, d)) \
  plain(C_Logout, P(U a), P(a)) \
  plain(C_CreateObject, P(U a, V b, U c, V d), P(a, b, c, d)) \
  plain(C_CopyObject, P(U a, U b, V c, U d, V e), P(a, b, c, d, e)) \
  plain(C_DestroyObject, P(U a, U b), P(a, b)) \
  plain(C_GetObjectSize, P(U a, U b, V c), P(a, b, c)) \
  plain(C_GetAttributeValue, P(U a, U b, V c, U d), P(a, b, c, d)) \
  plain(C_SetAttributeValue, P(U a, U b, V c, U d), P(a, b, c, d)) \
  plain(C_FindObjectsInit, P(U a, V b, U c), P(a, b, c)) \
  plain(C_FindObjects, P(U a, V b, U c, V d), P(a, b, c, d)) \
  plain(C_FindObjectsFinal, P(U a), P(a)) \
  plain(C_EncryptInit, P(U a, V b, U c), P(a, b, c)) \
  plain(C_Encrypt, P(U a, V b, U c, V d, V e), P(a, b, c, d, e)) \
  plain(C_EncryptUpdate, P(U a, V b, U c, V d, V e), P(a, b, c, d, e)) \
  plain(C_EncryptFinal, P(U a, V b, V c), P(a, b, c)) \
  plain(C_DecryptInit, P(U a, V b, U c), P(a, b, c)) \
  plain(C_Decrypt, P(U a, V b, U c, V d, V e), P(a, b, c, d, e)) \
  plain(C_DecryptUpdate, P(U a, V b, U c, V d, V e), P(a, b, c, d, e)) \
  plain(C_DecryptFinal, P(U a, V b, V c), P(a, b, c)) \
  plain(C_DigestInit, P(U a, V b), P(a, b)) \
  plain(C_Digest, P(U a, V b, U c, V d, V e), P(a, b, c, d, e)) \
  plain(C_DigestUpdate, P(U a, V b, U c), P(a, b, c)) \
  plain(C_DigestKey, P(U a, U b), P(a, b)) \
  plain(C_DigestFinal, P(U a, V b, V c), P(a, b, c)) \
  plain(C_SignInit, P(U a, V b, U c), P(a, b, c)) \
  own(C_Sign, P(U a, V b, U c, CK_BYTE *d, U *e), P(a, b, c, d, e)) \
  plain(C_SignUpdate, P(U a, V b, U c), P(a, b, c)) \
  plain(C_SignFinal, P(U a, V b, V c), P(a, b, c)) \
  plain(C_SignRecoverInit, P(U a, V b, U c), P(a, b, c)) \
  plain(C_SignRecover, P(U a, V b, U c, V d, V e), P(a, b, c, d, e)) \
  plain(C_VerifyInit, P(U a, V b, U c), P(a, b, c)) \
  plain(C_Verify, P(U a, V b, U c, V d, U e), P(a, b, c, d, e)) \
  plain(C_VerifyUpdate, P(U a, V b, U c), P(a, b, c)) \
  plain(C_VerifyFinal, P(U a, V b, U c), P(a, b, c)) \
  plain(C_VerifyRecoverInit, P(U a, V b, U c), P(a, b, c)) \
  plain(C_VerifyRecover, P(U a, V b, U c, V d, V e), P(a, b, c, d, e)) \
  plain(C_DigestEncryptUpdate, P(U a, V b, U c, V d, V e), P(a, b, c, d, e)) \
  plain(C_DecryptDigestUpdate, P(U a, V b, U c, V d, V e), P(a, b, c, d, e)) \
  plain(C_SignEncryptUpdate, P(U a, V b, U c, V d, V e), P(a, b, c, d, e)) \
  plain(C_DecryptVerifyUpdate, P(U a, V b, U c, V d, V e), P(a, b, c, d, e)) \
  plain(C_GenerateKey, P(U a, V b, V c, U d, V e), P(a, b, c, d, e)) \
  plain(C_GenerateKeyPair, P(U a, V b, V c, U d, V e, U f, V g, V h), P(a, b, c, d, e, f, g, h)) \
  plain(C_WrapKey, P(U a, V b, U c, U d, V e, V f), P(a, b, c, d, e, f)) \
  plain(C_UnwrapKey, P(U a, V b, U c, V d, U e, V f, U g, V h), P(a, b, c, d, e, f, g, h)) \
  plain(C_DeriveKey, P(U a, V b, U c, V d, U e, V f), P(a, b, c, d, e, f)) \
  plain(C_SeedRandom, P(U a, V b, U c), P(a, b, c)) \
  plain(C_GenerateRandom, P(U a, V b, U c), P(a, b, c)) \
  plain(C_GetFunctionStatus, P(U a), P(a)) \
  plain(C_CancelFunction, P(U a), P(a)) \
  plain(C_WaitForSlotEvent, P(U a, V b, V c), P(a, b, c))

/* What PKCS#11 3.0 adds: two calls and the way to them; its calls with messages are there and not supported. */
#define FUNCTIONS_3(own) \
  own(C_GetInterfaceList, P(V a, U *b), P(a, b)) \
  own(C_GetInterface, P(V a, V b, V c, U d), P(a, b, c, d)) \
  own(C_LoginUser, P(U a, U b, V c, U d, V e, U f), P(a, b, c, d, e, f)) \
  own(C_SessionCancel, P(U a, U b), P(a, b))
enum { MESSAGE_FUNCTIONS = 20 };

#define NUMBER(name, params, args) I_##name,
enum { FUNCTIONS(NUMBER, NUMBER) FUNCTION_COUNT };
enum { BEFORE_3 = FUNCTION_COUNT - 1, FUNCTIONS_3(NUMBER) KNOWN_COUNT };

typedef struct { CK_VERSION version; void *fn[FUNCTION_COUNT]; } CK_FUNCTION_LIST;

static CK_FUNCTION_LIST *real;

#define BARE(name, params, args) (((CK_RV(*) params)real->fn[I_##name])args)

/*
 * Every forwarded call holds this for reading, "sessions lost" and its like for writing: a token loses sessions between
 * two commands, and a module whose sessions are closed under a running call may crash (SoftHSM does).
 */
static pthread_rwlock_t in_call;

#define REAL(name, params, args) \
  ({ \
    pthread_rwlock_rdlock(&in_call); \
    CK_RV forwarded = BARE(name, params, args); \
    pthread_rwlock_unlock(&in_call); \
    forwarded; \
  })

__attribute__((constructor)) static void make_lock(void) {
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_init(&in_call, &attributes);
}

static char control_path[4096];

/* ---- rules, owned by lock ---- */

enum action { RETURN, DELAY, HANG, CORRUPT };
typedef struct {
  char function[40];
  enum action action;
  CK_ULONG value;      /* CKR or milliseconds */
  CK_ULONG every, left; /* every Nth call; how many times still, ~0 = always */
  CK_ULONG seen;
} rule;

#define MAX_RULES 64
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static rule rules[MAX_RULES];
static int rule_count;
static unsigned long generation;
static struct stat last_stat;
static int removed, needs_initialize;
static U slots[16];
static int slot_count;
static long open_sessions;
static unsigned long calls[KNOWN_COUNT];
static char user_name[64];

static const char *names[] = {
#define NAME(name, params, args) #name,
    FUNCTIONS(NAME, NAME) FUNCTIONS_3(NAME)};

static void close_all_sessions(void) {
  pthread_rwlock_wrlock(&in_call);
  for (int i = 0; i < slot_count; i++) BARE(C_CloseAllSessions, P(U), P(slots[i]));
  open_sessions = 0;
  pthread_rwlock_unlock(&in_call);
}

static void log_out(void) {
  pthread_rwlock_wrlock(&in_call);
  for (int i = 0; i < slot_count; i++) {
    U session;
    if (BARE(C_OpenSession, P(U, U, V, V, U *), P(slots[i], 4, NULL, NULL, &session)) == CKR_OK) {
      BARE(C_Logout, P(U), P(session));
      BARE(C_CloseSession, P(U), P(session));
    }
  }
  pthread_rwlock_unlock(&in_call);
}

static void parse(char *line) {
  char subject[40] = "", action[40] = "", third[40] = "", fourth[40] = "", fifth[40] = "";
  char *comment = strchr(line, '#');
  if (comment) *comment = 0;
  int n = sscanf(line, "%39s %39s %39s %39s %39s", subject, action, third, fourth, fifth);
  if (n < 2) return;
  if (!strcmp(subject, "sessions") && !strcmp(action, "lost")) { close_all_sessions(); return; }
  if (!strcmp(subject, "login") && !strcmp(action, "lost")) { log_out(); return; }
  if (!strcmp(subject, "module") && !strcmp(action, "lost")) { needs_initialize = 1; return; }
  if (!strcmp(subject, "token") && !strcmp(action, "removed")) {
    if (!removed) close_all_sessions();
    removed = 2;
    return;
  }
  if (rule_count == MAX_RULES) return;
  rule *r = &rules[rule_count];
  memset(r, 0, sizeof *r);
  strcpy(r->function, subject);
  r->every = 1;
  r->left = ~0UL;
  char *when = third, *count = fourth;
  if (!strcmp(action, "return") || !strcmp(action, "delay")) {
    r->action = action[0] == 'r' ? RETURN : DELAY;
    r->value = strtoul(third, NULL, 0);
    when = fourth;
    count = fifth;
  } else if (!strcmp(action, "hang")) r->action = HANG;
  else if (!strcmp(action, "corrupt")) r->action = CORRUPT;
  else { fprintf(stderr, "pkcs11_fault: unknown action '%s'\n", action); return; }
  if (!strcmp(when, "once")) r->left = 1;
  if (!strcmp(when, "times")) r->left = strtoul(count, NULL, 0);
  if (!strcmp(when, "every")) r->every = strtoul(count, NULL, 0);
  if (r->every == 0) r->every = 1;
  rule_count++;
}

/* A changed control file starts anew: all counts from zero, all events once more. */
static void reload(void) {
  struct stat now;
  memset(&now, 0, sizeof now);
  if (!control_path[0] || stat(control_path, &now)) memset(&now, 0, sizeof now);
  if (now.st_ino == last_stat.st_ino && now.st_size == last_stat.st_size &&
      now.st_mtim.tv_sec == last_stat.st_mtim.tv_sec && now.st_mtim.tv_nsec == last_stat.st_mtim.tv_nsec)
    return;
  last_stat = now;
  generation++;
  rule_count = 0;
  if (removed) removed = 1;
  FILE *file = now.st_ino ? fopen(control_path, "r") : NULL;
  if (file) {
    char line[256];
    while (fgets(line, sizeof line, file)) parse(line);
    fclose(file);
  }
  if (removed == 1) removed = 0; /* the line is gone: the token is back, its sessions are not */
}

static void pause_ms(unsigned long ms) {
  struct timespec t = {ms / 1000, (ms % 1000) * 1000000L};
  nanosleep(&t, NULL);
}

/* Applies the rules before a call; *corrupt is set if its result is to be spoilt. */
static CK_RV before(int index, int *corrupt) {
  CK_RV result = CKR_OK;
  unsigned long delay = 0, hang = 0;
  *corrupt = 0;
  if (!real) return CKR_CRYPTOKI_NOT_INITIALIZED;
  pthread_mutex_lock(&lock);
  reload();
  calls[index]++;
  if (needs_initialize) result = CKR_CRYPTOKI_NOT_INITIALIZED;
  else if (removed && ((index >= I_C_CloseSession && index <= I_C_GenerateRandom) || index >= I_C_LoginUser)) result = CKR_DEVICE_REMOVED;
  else if (removed && (index == I_C_OpenSession || index == I_C_GetTokenInfo)) result = CKR_TOKEN_NOT_PRESENT;
  for (int i = 0; i < rule_count && result == CKR_OK; i++) {
    rule *r = &rules[i];
    if (strcmp(r->function, "*") && strcmp(r->function, names[index])) continue;
    if (r->left == 0 || ++r->seen % r->every) continue;
    if (r->left != ~0UL) r->left--;
    switch (r->action) {
      case RETURN: result = r->value; break;
      case DELAY: delay += r->value; break;
      case HANG: hang = generation; break;
      case CORRUPT: *corrupt = 1; break;
    }
  }
  pthread_mutex_unlock(&lock);
  if (delay) pause_ms(delay);
  while (hang) {
    pause_ms(5);
    pthread_mutex_lock(&lock);
    reload();
    if (generation != hang) hang = 0;
    pthread_mutex_unlock(&lock);
  }
  return result;
}

/* ---- the functions ---- */

#define DECLARE(name, params, args) CK_RV name params;
FUNCTIONS(DECLARE, DECLARE)

#define FORWARD(name, params, args) \
  CK_RV name params { \
    int corrupt; \
    CK_RV rv = before(I_##name, &corrupt); \
    return rv ? rv : REAL(name, params, args); \
  }
#define NOTHING(name, params, args)
FUNCTIONS(FORWARD, NOTHING)

CK_RV C_Initialize(V args) {
  pthread_mutex_lock(&lock);
  if (!real) {
    const char *path = getenv("PKCS11_FAULT_MODULE"), *control = getenv("PKCS11_FAULT_CONTROL");
    void *module = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    CK_RV (*get)(CK_FUNCTION_LIST **) = module ? (CK_RV(*)(CK_FUNCTION_LIST **))dlsym(module, "C_GetFunctionList") : NULL;
    if (control) snprintf(control_path, sizeof control_path, "%s", control);
    if (!get || get(&real)) {
      fprintf(stderr, "pkcs11_fault: PKCS11_FAULT_MODULE '%s': %s\n", path ? path : "", path ? dlerror() : "not set");
      pthread_mutex_unlock(&lock);
      return CKR_GENERAL_ERROR;
    }
  }
  reload();
  needs_initialize = 0;
  pthread_mutex_unlock(&lock);
  int corrupt;
  CK_RV rv = before(I_C_Initialize, &corrupt);
  return rv ? rv : REAL(C_Initialize, P(V), P(args));
}

CK_RV C_Finalize(V reserved) {
  if (!real) return CKR_CRYPTOKI_NOT_INITIALIZED;
  int lost = needs_initialize, corrupt;
  CK_RV rv = lost ? CKR_OK : before(I_C_Finalize, &corrupt);
  if (rv) return rv;
  rv = REAL(C_Finalize, P(V), P(reserved));
  pthread_mutex_lock(&lock);
  open_sessions = 0;
  slot_count = 0;
  pthread_mutex_unlock(&lock);
  return lost ? CKR_CRYPTOKI_NOT_INITIALIZED : rv;
}

CK_RV C_GetSlotList(CK_BYTE present, V list, U *count) {
  int corrupt;
  CK_RV rv = before(I_C_GetSlotList, &corrupt);
  if (rv) return rv;
  if (removed && present) { *count = 0; return CKR_OK; }
  return REAL(C_GetSlotList, P(CK_BYTE, V, U *), P(present, list, count));
}

CK_RV C_GetTokenInfo(U slot, V info) {
  int corrupt;
  CK_RV rv = before(I_C_GetTokenInfo, &corrupt);
  return rv ? rv : REAL(C_GetTokenInfo, P(U, V), P(slot, info));
}

CK_RV C_OpenSession(U slot, U flags, V application, V notify, U *session) {
  int corrupt;
  CK_RV rv = before(I_C_OpenSession, &corrupt);
  if (rv) return rv;
  rv = REAL(C_OpenSession, P(U, U, V, V, U *), P(slot, flags, application, notify, session));
  if (rv == CKR_OK) {
    pthread_mutex_lock(&lock);
    open_sessions++;
    int known = 0;
    for (int i = 0; i < slot_count; i++) known |= slots[i] == slot;
    if (!known && slot_count < 16) slots[slot_count++] = slot;
    pthread_mutex_unlock(&lock);
  }
  return rv;
}

CK_RV C_CloseSession(U session) {
  int corrupt;
  CK_RV rv = before(I_C_CloseSession, &corrupt);
  if (rv) return rv;
  rv = REAL(C_CloseSession, P(U), P(session));
  if (rv == CKR_OK) {
    pthread_mutex_lock(&lock);
    open_sessions--;
    pthread_mutex_unlock(&lock);
  }
  return rv;
}

CK_RV C_CloseAllSessions(U slot) {
  int corrupt;
  CK_RV rv = before(I_C_CloseAllSessions, &corrupt);
  if (rv) return rv;
  pthread_mutex_lock(&lock);
  open_sessions = 0;
  pthread_mutex_unlock(&lock);
  return REAL(C_CloseAllSessions, P(U), P(slot));
}

CK_RV C_Sign(U session, V data, U length, CK_BYTE *signature, U *signature_length) {
  int corrupt;
  CK_RV rv = before(I_C_Sign, &corrupt);
  if (rv) return rv;
  rv = REAL(C_Sign, P(U, V, U, CK_BYTE *, U *), P(session, data, length, signature, signature_length));
  if (rv == CKR_OK && corrupt && signature && *signature_length) signature[*signature_length / 2] ^= 0x10;
  return rv;
}

#define ENTRY(name, params, args) (void *)name,
static CK_FUNCTION_LIST own_list = {{2, 40}, {FUNCTIONS(ENTRY, ENTRY)}};

CK_RV C_GetFunctionList(V list) {
  *(CK_FUNCTION_LIST **)list = &own_list;
  return CKR_OK;
}

#ifdef PKCS11_FAULT_VERSION_3
/* ---- PKCS#11 3.0 in front of a module of any age ---- */

FUNCTIONS_3(DECLARE)

/* The real module knows no user names: the name is kept for the test, and the PIN decides. */
CK_RV C_LoginUser(U session, U type, V pin, U pin_length, V name, U name_length) {
  int corrupt;
  CK_RV rv = before(I_C_LoginUser, &corrupt);
  if (rv) return rv;
  if (!name || !name_length || name_length >= sizeof user_name) return CKR_ARGUMENTS_BAD;
  pthread_mutex_lock(&lock);
  memcpy(user_name, name, name_length);
  user_name[name_length] = 0;
  pthread_mutex_unlock(&lock);
  return REAL(C_Login, P(U, U, V, U), P(session, type, pin, pin_length));
}

/* An older module ends a search by its last call, and a signature only by making it: one of zeros, thrown away. */
CK_RV C_SessionCancel(U session, U flags) {
  int corrupt;
  CK_RV rv = before(I_C_SessionCancel, &corrupt);
  if (rv) return rv;
  CK_BYTE zeros[32] = {0}, thrown_away[1024];
  U length = sizeof thrown_away;
  if (flags & CKF_SIGN) REAL(C_Sign, P(U, V, U, CK_BYTE *, U *), P(session, zeros, sizeof zeros, thrown_away, &length));
  if (flags & CKF_FIND_OBJECTS) REAL(C_FindObjectsFinal, P(U), P(session));
  return CKR_OK;
}

static CK_RV no_messages(void) { return CKR_FUNCTION_NOT_SUPPORTED; }

static struct { CK_VERSION version; void *fn[KNOWN_COUNT], *messages[MESSAGE_FUNCTIONS]; } list_3 = {
    {3, 0},
    {FUNCTIONS(ENTRY, ENTRY) FUNCTIONS_3(ENTRY)},
    {[0 ... MESSAGE_FUNCTIONS - 1] = (void *)no_messages}};

typedef struct { const char *name; void *functions; U flags; } CK_INTERFACE;
static CK_INTERFACE interfaces[] = {{"PKCS 11", &list_3, 0}, {"PKCS 11", &own_list, 0}};

CK_RV C_GetInterfaceList(V list, U *count) {
  U room = *count;
  *count = 2;
  if (!list) return CKR_OK;
  if (room < 2) return CKR_BUFFER_TOO_SMALL;
  memcpy(list, interfaces, sizeof interfaces);
  return CKR_OK;
}

CK_RV C_GetInterface(V name, V version, V found, U flags) {
  for (int i = 0; i < 2; i++)
    if ((!name || !strcmp(name, interfaces[i].name)) && !flags &&
        (!version || !memcmp(version, interfaces[i].functions, sizeof(CK_VERSION)))) {
      *(CK_INTERFACE **)found = &interfaces[i];
      return CKR_OK;
    }
  return CKR_FUNCTION_FAILED;
}
#endif

/* ---- for tests: what has happened ---- */

/* Whom C_LoginUser named last, "" if it was never called. */
const char *Pkcs11Fault_UserName(void) { return user_name; }

/* Sessions opened and not closed. */
long Pkcs11Fault_OpenSessions(void) {
  pthread_mutex_lock(&lock);
  long count = open_sessions;
  pthread_mutex_unlock(&lock);
  return count;
}

/* How often a function has been called, refused calls included. */
unsigned long Pkcs11Fault_Calls(const char *function) {
  unsigned long count = 0;
  pthread_mutex_lock(&lock);
  for (int i = 0; i < KNOWN_COUNT; i++)
    if (!strcmp(names[i], function)) count = calls[i];
  pthread_mutex_unlock(&lock);
  return count;
}
