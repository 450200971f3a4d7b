#include <cblas.h>




