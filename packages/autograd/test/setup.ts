import '@sconce/backend-cpu'
import '@sconce/autograd'
